package org.o1api.reasoning.sampling;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.o1api.json.CanonicalJson;

/** Reads a result: a number, an option, yes or no, JSON, or other text. */
final class ResultReader {
    /** A longer result is compared as it is. */
    private static final int MAX_TEXT = 16 * 1024;

    /** A longer result is not searched for numbers. */
    private static final int MAX_RESULT = 1000;

    /** The number of connectors in a sentence after which the result is looked for, from the first one. */
    private static final int MAX_CONNECTORS = 16;

    private static final String BEFORE_RESULT = " \t\r\n\f*_~\"'“”‘’«»„|:#=";
    private static final String AFTER_RESULT = " \t\r\n\f*_~\"'“”‘’«»„|;:,!.。";
    private static final Pattern PLACEHOLDER = Pattern.compile(
            "(?iu)[<\\[({]?\\s*(?:your |the |final )*+(?:result|answer)(?: here| is)?\\s*[>\\])}]?|[.…?_-]+");
    private static final Pattern UNCERTAIN = Pattern.compile(
            "(?iu)(?:approximately|approx\\.?|about|around|roughly|exactly|simply|just|therefore|thus|so)\\s++");

    /** What a sentence may have before its result. */
    private static final Pattern CONNECTOR = Pattern.compile(
            "(?iu)(?:(?<!\\p{L})(?:is|was|be|are|equals|es|est|ist)(?!\\p{L})|是|[:=])"
                    + "(?:\\s++(?:therefore|thus|indeed|simply|clearly|definitely|probably|just|also|that))?+[\\s:\"'“‘]*+");

    /** Quantities of several units, such as 2 hours 30 minutes. */
    private static final Pattern COMPOUND =
            Pattern.compile("(?iu)\\d++\\s?\\p{L}++(?:,?\\s(?:and\\s)?\\d++\\s?\\p{L}++)++");

    /** Several values in brackets, unless they are one number with groups of digits. */
    private static final Pattern PAIR = Pattern.compile("[(\\[{][^()\\[\\]{}]*,(?!\\d{3}(?!\\d))[^()\\[\\]{}]*[)\\]}]");

    private static final Pattern RANGE = Pattern.compile("[\\d.,]++\\s?-\\s?[\\d.,]++");
    private static final Pattern ASSIGNMENT = Pattern.compile("(?<![\\p{L}\\d])[\\p{L}]\\w{0,2}\\s*=");
    /** Mathematics that is more than one number. */
    private static final Pattern EXPRESSION =
            Pattern.compile("\\\\[A-Za-z]|[\\^√π²³∞]|\\d[a-ce-zA-Z](?=\\s*[-+*/^=)]|$)|\\d[xyzni](?![\\p{L}])"
                    + "|(?<!\\p{L})[a-z]\\s*[-+*/]\\s*\\d|\\d\\s*[-+*/]\\s*[a-z](?!\\p{L})");

    /** The power of a unit of area, volume or acceleration. */
    private static final Pattern UNIT_POWER = Pattern.compile(
            "(\\d\\s?(?:[kcdm]m|ft|yd|mi)|\\d\\s(?:m|in|units?|feet|inches|met(?:er|re)s)|/\\s?s)(?:\\^\\{?[23]\\}?|[²³])(?![\\p{L}\\d])");

    private static final Pattern ARITHMETIC =
            Pattern.compile("(?![^,]*,\\s)[\\d\\s.,()$%]*+[-+*/×÷x·][\\d\\s.,()$%+*/×÷x·-]*+");
    private static final Pattern PARENTHESES = Pattern.compile("\\([^()]*\\)");
    private static final Pattern CLAUSE_END = Pattern.compile(
            "(?iu)[;,.]\\s(?!\\d|(?:and|or)\\s\\d)|\\s(?:because|since|which|as|so|where|after|when)\\s");

    private ResultReader() {}

    /** Reads a result as it was written; null if it says nothing. */
    static @Nullable AnswerKey read(String result) {
        String bare = result.strip();
        AnswerKey json = json(bare);
        if (json == null && bare.length() > MAX_TEXT) {
            return AnswerKey.labelled(AnswerKey.Kind.TEXT, bare, bare);
        }
        return json == null ? readPlain(PlainText.of(bare)) : json;
    }

    /** Reads a result without markup; null if it says nothing. */
    static @Nullable AnswerKey readPlain(String plainText) {
        String text = trimmed(plainText);
        if (text.isEmpty() || PLACEHOLDER.matcher(text).matches()) {
            return null;
        }
        AnswerKey key = json(text);
        key = key == null ? Choices.atStart(text) : key;
        key = key == null && text.length() <= MAX_RESULT ? number(text) : key;
        return key == null ? TextKey.of(text) : key;
    }

    /** Reads the rest of a sentence about the answer; null if it has no number, option, or yes or no. */
    static @Nullable AnswerKey readSentence(String plainText) {
        String text = trimmed(plainText);
        if (text.isEmpty()) {
            return null;
        }
        AnswerKey key = Choices.atStart(text);
        Matcher connectors = CONNECTOR.matcher(text);
        for (int i = 0; key == null && i < MAX_CONNECTORS && connectors.find(); i++) {
            key = Choices.atStart(trimmed(text.substring(connectors.end())));
        }
        if (key != null) {
            return key;
        }
        String number = Numbers.last(text);
        if (number != null) {
            return ofSentence(text, number);
        }
        return Choices.within(text);
    }

    /** The last number of a sentence, unless all of its numbers are one result. */
    private static AnswerKey ofSentence(String text, String lastNumber) {
        Matcher connector = CONNECTOR.matcher(text);
        String result = text.substring(connector.lookingAt() ? connector.end() : 0);
        return isOneResult(result) || isChanged(result) ? TextKey.of(result) : AnswerKey.number(lastNumber);
    }

    private static boolean isChanged(String sentence) {
        String bare = Numbers.withoutSeparators(sentence);
        List<Numbers.Found> numbers = Numbers.in(bare);
        return numbers.size() == 1
                && NumberContext.isChangedInSentence(
                        bare.substring(0, numbers.get(0).start()),
                        bare.substring(numbers.get(0).end()));
    }

    private static boolean isOneResult(String text) {
        return Dates.isDate(text) || COMPOUND.matcher(text).matches();
    }

    private static String trimmed(String text) {
        String stripped = text.strip();
        int end = stripped.length();
        while (end > 0 && AFTER_RESULT.indexOf(stripped.charAt(end - 1)) >= 0) {
            end--;
        }
        int start = afterMarks(stripped, 0, end);
        Matcher word = UNCERTAIN.matcher(stripped);
        while (word.region(start, end).lookingAt()) {
            start = afterMarks(stripped, word.end(), end);
        }
        return stripped.substring(start, end);
    }

    private static int afterMarks(String text, int from, int end) {
        int start = from;
        while (start < end && BEFORE_RESULT.indexOf(text.charAt(start)) >= 0) {
            start++;
        }
        return start;
    }

    private static @Nullable AnswerKey json(String text) {
        String canonical = CanonicalJson.ofContainer(text);
        return canonical == null ? null : AnswerKey.labelled(AnswerKey.Kind.JSON, canonical, text);
    }

    private static @Nullable AnswerKey number(String text) {
        if (isOneResult(text)
                || PAIR.matcher(text).matches()
                || RANGE.matcher(text).matches()) {
            return null;
        }
        String side = afterLastEquals(UNIT_POWER.matcher(text).replaceAll("$1"));
        if (side == null || EXPRESSION.matcher(side).find()) {
            return null;
        }
        String number = single(side, "");
        number = number == null ? single(PARENTHESES.matcher(side).replaceAll(" "), "") : number;
        Matcher end = CLAUSE_END.matcher(side);
        number = number == null && end.find()
                ? single(side.substring(0, end.start()), side.substring(end.start()))
                : number;
        if (number == null
                && ARITHMETIC.matcher(side).matches()
                && Numbers.in(side).size() > 1) {
            number = Numbers.last(side);
        }
        return number == null ? null : AnswerKey.number(number);
    }

    /** The text after the last equals sign that has a number after it; null if the text assigns several variables. */
    private static @Nullable String afterLastEquals(String text) {
        if (ASSIGNMENT.matcher(text).results().limit(2).count() > 1) {
            return null;
        }
        String bare = Numbers.withoutSeparators(text);
        List<Numbers.Found> numbers = Numbers.in(bare);
        int last = numbers.isEmpty() ? 0 : numbers.get(numbers.size() - 1).start();
        return bare.substring(bare.lastIndexOf('=', last) + 1);
    }

    /** The only number of a text, if the text says nothing else. */
    private static @Nullable String single(String text, String rest) {
        String bare = Numbers.withoutSeparators(text);
        List<Numbers.Found> numbers = Numbers.in(bare);
        if (numbers.size() != 1) {
            return null;
        }
        Numbers.Found number = numbers.get(0);
        return NumberContext.isPlain(bare.substring(0, number.start()), bare.substring(number.end()) + rest)
                ? number.value()
                : null;
    }
}
