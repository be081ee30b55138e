package org.o1api.reasoning.sampling;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.o1api.json.ContentText;
import org.o1api.model.Message;
import org.o1api.model.Role;
import org.o1api.reasoning.Prompt;

/** Reads a choice: the letter of an option, or yes, no, true or false. */
final class Choices {
    /** After a letter and a point: another initial, as in J. K. Rowling or U.S., or the second word of a species, as in E. coli. */
    private static final String NAME_AFTER_INITIAL = "\\p{L}(?:\\.|$)|[a-z]{2,}(?:us|um|is|ae|i|ex|ans|ens)$";

    /** An option at the start: {@code (A)}, {@code A)}, {@code A. the capital}, {@code A}, {@code option A}. */
    private static final Pattern OPTION =
            Pattern.compile("(?iu:(?:the\\s+)?(?:option|choice|letter|answer)\\s*+:?\\s*)?"
                    + "(?:[(\\[]\\s*([A-Za-z])\\s*[)\\]]|([A-J])(?=\\.(?!\\d)\\s*+(?!" + NAME_AFTER_INITIAL + "))"
                    + "|([A-Z])(?=\\s*$|\\)|:(?![\\\\/])|[,;]\\s(?![^\\s\\d]{0,2}\\d)|\\s+-\\s+\\p{L}{2}|\\s+\\u2013\\s+[\\p{L}\\d]{2}|\\s+\\u2014\\s"
                    + "|\\s+(?:because|since|as|is\\s+(?:the|correct|right|true|best|most)(?!\\p{L})|\\((?![^)]{0,40}\\)\\s*=))"
                    + "|\\s*=(?!=)\\s*[A-Za-z][a-z]{2})|([a-z])(?=\\)|\\s*$))");

    private static final int GROUP_BEFORE_POINT = 2;

    /** After a letter and a point: what may be a name, as in A. Einstein and C. de Gaulle, or the text of the option. */
    private static final Pattern NAME = Pattern.compile(
            "\\.\\s*+(?!(?:The|An?|This|That|These|Those|It|He|She|They|We|You|I"
                    + "|There|Here|If|When|Since|Because|As|So|Therefore|Thus|Hence|In|On|At|To|For|Of|From|By|With|Both|All|None|Neither"
                    + "|Either|Each|No|Not|Yes|Only|Option|Choice|Answer|Explanation|Reason|Reasoning)(?!\\p{L}))"
                    + "(?:(?:d[aeiou]s?|del|della|der|den|van|von|zu|la|le|bin|ibn|al|el|ter|ten)\\s++){0,3}+(?:[dlO]['’])?\\p{Lu}");

    private static final Pattern CLAUSE_END =
            Pattern.compile("(?iu)[;,.(]|\\s(?:because|since|which|as|so|where|when|is|was|are)\\s");
    private static final Pattern LIST =
            Pattern.compile("\\W*+[A-Z]\\W{0,3}(?:,|;|/|&|\\band\\b|\\bor\\b)\\W{0,3}[A-Z]\\b(?!\\p{L})");

    private static final Pattern FIRST_PART = Pattern.compile("\\W*+([A-Za-z])\\s?[)\\].:=]");
    private static final Pattern NEXT_PART = Pattern.compile("[\\s,;(\\[]([A-Za-z])\\s?[)\\].:=]");
    private static final Pattern REASON =
            Pattern.compile("(?iu)(?<!\\p{L})(?:because|since|as|not|but|than|while|whereas|if)(?!\\p{L})");

    private static final Pattern LISTED = Pattern.compile("(?:^|[\\s(])([AB])[.):]\\s*\\S");
    private static final Pattern ANYWHERE = Pattern.compile("\\(([A-Z])\\)");
    private static final Pattern NAMED = Pattern.compile("(?iu:option|choice|letter)\\s+[\"'(]?([A-Z])(?![\\p{L}\\d])");

    private static final Pattern TRUTH = Pattern.compile(
            "(?iu)(yes|no|true|false)(?![\\p{L}\\d'’-])(?!\\.\\s?\\d)(?=\\s*$|\\s*[,.;:!()\\u2013\\u2014-]"
                    + "|\\s+(?:because|since|as|it|he|she|they|this|that|the|we|you|there|i|is|to)(?!\\p{L}))");
    private static final Pattern TRUTH_AT_END = Pattern.compile("(?iu)(?<!\\p{L})(yes|no|true|false)[\\s.!\"'”’)]*+$");

    /** Yes and no in other languages. They only count as the whole result: within a sentence they may be other words. */
    private static final Set<String> YES = Set.of(
            "是", "是的", "对", "對", "正确", "正確", "ja", "oui", "sí", "si", "sì", "sim", "да", "はい", "예", "네", "نعم", "evet");

    private static final Set<String> NO = Set.of(
            "否", "不是", "不对", "不對", "不正确", "不正確", "nein", "nee", "nej", "non", "não", "нет", "いいえ", "아니요", "아니오", "لا",
            "hayır");

    /** The most characters of such a word. */
    private static final int MAX_WORD = 8;

    private Choices() {}

    /** Whether the last message of the user lists options: at least {@code A} and {@code B}, each with a point, colon or bracket. */
    static boolean areListedIn(Prompt prompt) {
        List<Message> messages = prompt.messages();
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.get(i).role() == Role.USER) {
                return areListedIn(ContentText.of(messages.get(i).content()));
            }
        }
        return false;
    }

    static boolean areListedIn(String question) {
        Set<String> letters = LISTED.matcher(question)
                .results()
                .map(option -> option.group(1))
                .collect(Collectors.toSet());
        return letters.contains("A") && letters.contains("B");
    }

    /** Reads the choice that a text starts with, or the choices for the parts of a question; null if it starts with none. */
    static @Nullable AnswerKey atStart(String text) {
        if (isInParts(text)) {
            return TextKey.of(text);
        }
        Matcher option = OPTION.matcher(text);
        if (option.lookingAt() && !LIST.matcher(text).lookingAt()) {
            for (int group = 1; group <= option.groupCount(); group++) {
                String letter = option.group(group);
                if (letter != null) {
                    return group == GROUP_BEFORE_POINT
                            ? beforePoint(letter.charAt(0), text.substring(option.end()))
                            : AnswerKey.option(letter.charAt(0));
                }
            }
        }
        Matcher truth = TRUTH.matcher(text);
        return truth.lookingAt() ? AnswerKey.truth(truth.group(1)) : inOtherLanguages(text);
    }

    private static AnswerKey beforePoint(char letter, String rest) {
        if (!NAME.matcher(rest).lookingAt()) {
            return AnswerKey.option(letter);
        }
        String text = rest.substring(1);
        Matcher end = CLAUSE_END.matcher(text);
        return AnswerKey.optionOrName(letter, end.find() ? text.substring(0, end.start()) : text);
    }

    private static @Nullable AnswerKey inOtherLanguages(String text) {
        if (text.length() > MAX_WORD) {
            return null;
        }
        String word = Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
        return YES.contains(word) ? AnswerKey.truth("yes") : NO.contains(word) ? AnswerKey.truth("no") : null;
    }

    /** Whether a text answers several parts of a question, such as {@code (a) 5 (b) 6}. */
    private static boolean isInParts(String text) {
        Matcher first = FIRST_PART.matcher(text);
        Matcher next = NEXT_PART.matcher(text);
        if (!first.lookingAt() || !next.find(first.end())) {
            return false;
        }
        String between = text.substring(first.end(), next.start());
        return next.group(1).charAt(0) == first.group(1).charAt(0) + 1
                && !REASON.matcher(between).find();
    }

    /** Finds the last option of a sentence, otherwise yes, no, true or false at its end; null if it has none. */
    static @Nullable AnswerKey within(String sentence) {
        AnswerKey key = last(NAMED, sentence);
        key = key == null ? last(ANYWHERE, sentence) : key;
        Matcher truth = TRUTH_AT_END.matcher(sentence);
        return key == null && truth.find() ? AnswerKey.truth(truth.group(1)) : key;
    }

    private static @Nullable AnswerKey last(Pattern option, String text) {
        Matcher options = option.matcher(text);
        AnswerKey last = null;
        while (options.find()) {
            last = AnswerKey.option(options.group(1).charAt(0));
        }
        return last;
    }
}
