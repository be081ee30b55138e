package org.o1api.reasoning.sampling;

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
 * <p>The prompt asks for the word "Answer"; the word of other languages counts in the same places if no rule applies to the English one.
 */
final class KeyRules {
    private static final String ENGLISH = "answer";
    private static final String OTHER_LANGUAGES =
            "antwort|antwoord|réponse|respuesta|resposta|risposta|odpowiedź|cevap|svar|ответ"
                    + "|відповідь|答案|回答|答え|答|정답|답|الإجابة|الجواب|उत्तर|câu trả lời|đáp án|jawaban";

    private static final List<Pattern> LAST_LINE = List.of(lastLine(ENGLISH), lastLine(OTHER_LANGUAGES));
    private static final List<Pattern> WORD = List.of(word("answer"), word(OTHER_LANGUAGES));

    private static final Pattern BOX = Pattern.compile("\\\\(?:boxed|fbox)\\s*(?:\\{|(\\S))");
    /** Lines of Markdown and LaTeX without text, which may follow the last line. */
    private static final Pattern MARKUP_LINE = Pattern.compile("[\\s*_`~$#=<>/\\\\\\[\\](){}.|-]*");

    private static final Pattern LINE_BELOW = Pattern.compile("(?:\\s*is)?\\s*[*_]*\\s*:[\\s*_]*\\n\\s*(.+)");

    private KeyRules() {}

    private static Pattern lastLine(String word) {
        return Pattern.compile(
                "(?iu)^[\\s>#*_|(\"'•\\u2013-]*(?:(?:so|thus|therefore|hence),?\\s+)?(?:(?:the|my|our)\\s+)?"
                        + "(?:(?:final|correct|short|best)\\s+)?(?:" + word + ")\\s*[*_]*\\s*:(.*)$");
    }

    private static Pattern word(String word) {
        return Pattern.compile("(?iu)(?<![\\p{L}&&[^\\p{IsHan}\\p{IsHiragana}\\p{IsHangul}]])(?:" + word
                + ")(?:s(?!\\p{L})|(?![a-zà-ÿ]))");
    }

    /** Returns the result of a text; null if no rule applies. */
    static @Nullable AnswerKey result(String text) {
        String plain = PlainText.of(text);
        AnswerKey result = ofLastLine(plain, LAST_LINE.get(0));
        result = result == null ? ofBox(text) : result;
        result = result == null ? ofWord(plain, WORD.get(0)) : result;
        result = result == null ? ofLastLine(plain, LAST_LINE.get(1)) : result;
        return result == null ? ofWord(plain, WORD.get(1)) : result;
    }

    private static @Nullable AnswerKey ofLastLine(String text, Pattern pattern) {
        String[] lines = text.split("\\R", -1);
        int last = lastWithText(lines, lines.length);
        if (last < 0) {
            return null;
        }
        Matcher line = pattern.matcher(lines[last]);
        if (line.matches()) {
            return ofResult(line.group(1));
        }
        int label = lastWithText(lines, last); // the result may stand below the word
        Matcher above = label < 0 ? null : pattern.matcher(lines[label]);
        return above != null
                        && above.matches()
                        && MARKUP_LINE.matcher(above.group(1)).matches()
                ? ofResult(lines[last])
                : null;
    }

    /** A result may again be a sentence about the answer. */
    private static @Nullable AnswerKey ofResult(String line) {
        AnswerKey key = WORD.get(0).matcher(line).find() ? ofWord(line, WORD.get(0)) : null;
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
        AnswerKey last = null;
        while (boxes.find()) {
            String single = boxes.group(1);
            AnswerKey key = ResultReader.read(single == null ? braced(text, boxes.end()) : single);
            last = key == null ? last : key;
        }
        return last;
    }

    private static String braced(String text, int start) {
        int depth = 1;
        int end = start;
        while (end < text.length() && depth > 0) {
            char c = text.charAt(end++);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
        }
        return text.substring(start, depth == 0 ? end - 1 : end);
    }

    /** Reads what follows the word on the last line that has it, the last one first. */
    private static @Nullable AnswerKey ofWord(String text, Pattern word) {
        Matcher words = word.matcher(text);
        int last = -1;
        while (words.find()) {
            last = words.end();
        }
        if (last < 0) {
            return null;
        }
        AnswerKey key = ResultReader.readSentence(rest(text, last));
        if (key != null) {
            return key;
        }
        words.reset();
        int lineStart = text.lastIndexOf('\n', last - 1) + 1;
        for (int from = lineStart; key == null && words.find(from) && words.end() < last; from = words.end()) {
            key = ResultReader.readSentence(rest(text, words.end()));
        }
        return key;
    }

    /** The rest of a line; the next line with text if the rest is only a colon. */
    private static String rest(String text, int start) {
        int end = text.indexOf('\n', start);
        String rest = text.substring(start, end < 0 ? text.length() : end);
        Matcher below = LINE_BELOW.matcher(text).region(start, text.length());
        return below.lookingAt() ? below.group(1) : rest;
    }
}
