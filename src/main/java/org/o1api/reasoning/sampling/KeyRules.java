package org.o1api.reasoning.sampling;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the result of a text. The first rule that applies:
 *
 * <ol>
 *   <li>a last line {@code Answer: RESULT};
 *   <li>the last {@code \boxed{RESULT}};
 *   <li>what follows the last "answer", "answer is" or "answer:" on its line, if it has a number, an option letter or yes, no, true or
 *       false.
 * </ol>
 *
 * <p>A reply in the form that the prompt asks for and without such a line or box has chosen to mark no result: it may be prose whose last
 * number means nothing.
 *
 * <p>The prompt asks for the word "Answer"; the word of other languages counts in the same places if no rule applies to the English one.
 *
 * <p>A reply may be anything, also very long or one phrase repeated without end. So the rules only read the end of it, only a few of its
 * words and boxes, and their patterns neither backtrack over long runs nor recurse.
 */
final class KeyRules {
    private static final String ENGLISH = "answer";
    /** Words for "answer", as alternatives of a pattern. */
    static final String OTHER_LANGUAGES =
            "antwort|antwoord|réponse|respuesta|resposta|risposta|odpowiedź|cevap|svar|ответ"
                    + "|відповідь|答案|回答|答え|答|정답|답|الإجابة|الجواب|उत्तर|câu trả lời|đáp án|jawaban";

    private static final List<Pattern> LAST_LINE = List.of(lastLine(ENGLISH), lastLine(OTHER_LANGUAGES));
    private static final List<Pattern> WORD = List.of(word("answer"), word(OTHER_LANGUAGES));

    private static final Pattern BOX = Pattern.compile("\\\\(?:boxed|fbox)\\s*+(?:\\{|(\\S))");
    /** Lines of Markdown and LaTeX without text, which may follow the last line. */
    private static final Pattern MARKUP_LINE = Pattern.compile("[\\s*_`~$#=<>/\\\\\\[\\](){}.|-]*+");

    private static final Pattern HEADING =
            Pattern.compile("(?imu)^[ \\t]*+(?:#{1,6}[ \\t]|step[ \\t]++\\d++[.:)]).*+$");

    /** What Markdown puts before a result on a line of its own. */
    private static final Pattern QUOTE = Pattern.compile("[\\s>]*+");

    /** The number of characters that are read at the end of a text. */
    private static final int MAX_TEXT = 16 * 1024;

    /** The number of characters of a line in which the word can be that makes it the last line. */
    private static final int MAX_LABEL = 200;

    /** The number of characters of a sentence that are read after the word. */
    private static final int MAX_SENTENCE = 1000;

    /** The number of words of an answer that is nothing but a result, such as {@code 3.7 million people}. */
    private static final int MAX_WORDS = 3;

    /** The number of words and of boxes that are tried, from the last one. */
    private static final int MAX_TRIES = 8;

    private KeyRules() {}

    private static Pattern lastLine(String word) {
        return Pattern.compile(
                "(?iu)[\\s>#*_|(\"'•\\u2013-]*+(?:(?:so|thus|therefore|hence),?\\s++)?+(?:(?:the|my|our)\\s++)?+"
                        + "(?:(?:final|correct|short|best)\\s++)?+(?:" + word + ")\\s*+[*_]*+\\s*+:");
    }

    private static Pattern word(String word) {
        return Pattern.compile("(?iu)(?<![\\p{L}&&[^\\p{IsHan}\\p{IsHiragana}\\p{IsHangul}]])(?:" + word
                + ")(?:s(?!\\p{L})|(?![a-zà-ÿ]))");
    }

    /** Returns the end of a text: what the rules read of it. It starts with a whole word if possible. */
    static String endOf(String text) {
        int end = text.length();
        while (end > 0 && Character.isWhitespace(text.charAt(end - 1))) {
            end--;
        }
        if (end <= MAX_TEXT) {
            return text.substring(0, end);
        }
        int start = end - MAX_TEXT;
        int word = start;
        while (word < end && !Character.isWhitespace(text.charAt(word))) {
            word++;
        }
        return text.substring(word < end ? word : start, end);
    }

    /**
     * Returns the result of a text; null if no rule applies.
     *
     * @param text the {@linkplain #endOf end} of a text
     * @param plain the same as {@link PlainText}
     */
    static @Nullable AnswerKey result(String text, String plain) {
        AnswerKey result = ofLastLine(plain, LAST_LINE.get(0));
        result = result == null ? ofBox(text) : result;
        result = result == null ? ofWord(plain, WORD.get(0)) : result;
        result = result == null ? ofLastLine(plain, LAST_LINE.get(1)) : result;
        return result == null ? ofWord(plain, WORD.get(1)) : result;
    }

    /** Whether one of the first two rules applies, or a line in the middle of the text is such a last line. */
    static boolean isMarked(String text, String plain) {
        return LAST_LINE.stream().anyMatch(label -> plain.lines().anyMatch(line -> afterLabel(line, label) != null))
                || ofBox(text) != null;
    }

    /** Removes the headings of Markdown, whose numbers are those of sections and steps. */
    static String withoutHeadings(String plain) {
        return HEADING.matcher(plain).replaceAll("");
    }

    /** Returns JSON, or a number, an option, yes, no, true or false in a few words, that is the whole answer; null if it is anything else. */
    static @Nullable AnswerKey bareResult(String answer) {
        AnswerKey key = ResultReader.read(answer);
        boolean isShort = answer.strip().split("\\s++", MAX_WORDS + 1).length <= MAX_WORDS;
        return key != null && (key.kind() == AnswerKey.Kind.JSON || (isShort && key.kind() != AnswerKey.Kind.TEXT))
                ? key
                : null;
    }

    private static @Nullable AnswerKey ofLastLine(String text, Pattern pattern) {
        String[] lines = text.split("\\R", -1);
        int last = lastWithText(lines, lines.length);
        if (last < 0) {
            return null;
        }
        String result = afterLabel(lines[last], pattern);
        if (result != null) {
            return ofResult(result);
        }
        int label = lastWithText(lines, last); // the result may stand below the word
        String rest = label < 0 ? null : afterLabel(lines[label], pattern);
        return rest != null && MARKUP_LINE.matcher(rest).matches()
                ? ofResult(QUOTE.matcher(lines[last]).replaceFirst(""))
                : null;
    }

    /** What follows the word and its colon on a line; null if the line does not start with them. */
    private static @Nullable String afterLabel(String line, Pattern pattern) {
        Matcher label = pattern.matcher(line).region(0, Math.min(line.length(), MAX_LABEL));
        return label.lookingAt() ? line.substring(label.end()) : null;
    }

    /** A result may again be a sentence about the answer. */
    private static @Nullable AnswerKey ofResult(String line) {
        AnswerKey key = ofWord(line, WORD.get(0));
        return key == null ? ResultReader.readPlain(line) : key;
    }

    private static int lastWithText(String[] lines, int end) {
        int last = end - 1;
        while (last >= 0 && MARKUP_LINE.matcher(lines[last]).matches()) {
            last--;
        }
        return last;
    }

    private static @Nullable AnswerKey ofBox(String text) {
        Matcher boxes = BOX.matcher(text);
        Deque<Integer> starts = new ArrayDeque<>();
        while (boxes.find()) {
            addLast(starts, boxes.start(1) < 0 ? boxes.end() : boxes.start(1));
        }
        AnswerKey key = null;
        while (key == null && !starts.isEmpty()) {
            key = ResultReader.read(box(text, starts.removeLast()));
        }
        return key;
    }

    /** The text up to the brace that closes the box, or the only character if it has no braces. */
    private static String box(String text, int start) {
        if (text.charAt(start - 1) != '{') {
            return Character.toString(text.codePointAt(start));
        }
        int depth = 1;
        int end = start;
        while (end < text.length() && depth > 0) {
            char c = text.charAt(end++);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
        }
        return text.substring(start, depth == 0 ? end - 1 : end);
    }

    private static <T> void addLast(Deque<T> last, T next) {
        if (last.size() == MAX_TRIES) {
            last.removeFirst();
        }
        last.addLast(next);
    }

    /** Reads what follows the word on the last line that has it: the last time, otherwise the first time that there is a result. */
    private static @Nullable AnswerKey ofWord(String text, Pattern word) {
        Matcher words = word.matcher(text);
        Deque<Integer> ends = new ArrayDeque<>();
        while (words.find()) {
            addLast(ends, words.end());
        }
        if (ends.isEmpty()) {
            return null;
        }
        int last = ends.removeLast();
        int lineStart = text.lastIndexOf('\n', last - 1) + 1;
        AnswerKey key = ResultReader.readSentence(rest(text, last));
        while (key == null && !ends.isEmpty()) {
            int end = ends.removeFirst();
            key = end > lineStart ? ResultReader.readSentence(rest(text, end)) : null;
        }
        return key;
    }

    /** The rest of a line; the next line with text if the rest is only a colon. */
    private static String rest(String text, int start) {
        String below = below(text, start);
        return below == null ? line(text, start) : below;
    }

    private static @Nullable String below(String text, int start) {
        int position = skip(text, start);
        position = skip(text, text.startsWith("is", position) ? position + 2 : position);
        if (!text.startsWith(":", position)) {
            return null;
        }
        int next = skip(text, position + 1);
        int lineStart = text.lastIndexOf('\n', next - 1) + 1;
        return lineStart <= position
                ? null
                : QUOTE.matcher(line(text, lineStart)).replaceFirst("");
    }

    /** The index after white space and emphasis. */
    private static int skip(String text, int start) {
        int end = start;
        while (end < text.length() && " \t\r\n\f*_".indexOf(text.charAt(end)) >= 0) {
            end++;
        }
        return end;
    }

    private static String line(String text, int start) {
        int lineEnd = text.indexOf('\n', start);
        int end = lineEnd < 0 ? text.length() : lineEnd;
        if (end - start <= MAX_SENTENCE) {
            return text.substring(start, end);
        }
        int word = text.lastIndexOf(' ', start + MAX_SENTENCE);
        return text.substring(start, word > start ? word : start + MAX_SENTENCE);
    }
}
