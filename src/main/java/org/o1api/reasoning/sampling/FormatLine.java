package org.o1api.reasoning.sampling;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A line that structures a reply: {@code === Step: TITLE}, {@code === Answer} or {@code Answer: RESULT}. Models change these lines, so
 * the following count, too:
 *
 * <ul>
 *   <li>upper and lower case, white space before the line, two or more {@code =}, also at the end of the line;
 *   <li>Markdown around the words: {@code **=== Answer ===**}, {@code ### === Step: TITLE}, {@code **Answer:** 42};
 *   <li>numbers and text: {@code === Step 2: TITLE}, {@code === Final Answer}, {@code === Answer: 42};
 *   <li>the words of other languages for "step" and "answer";
 *   <li>three or more {@code =} and other words: a step with the words as its title.
 * </ul>
 *
 * @param kind which line it is
 * @param text the title, or what follows {@code Answer:}; may be empty
 * @param start the index of the words
 * @param textStart the index of the text after the words
 */
record FormatLine(Kind kind, String text, int start, int textStart) {
    /** A longer line is ordinary text. So this is also the most that is held back of a line. */
    static final int MAX_LENGTH = 400;

    /** What a line is. */
    enum Kind {
        STEP,
        ANSWER,
        /** A heading with other words. */
        OTHER,
        RESULT
    }

    private static final int MIN_MARK_OF_OTHER = 3;

    private static final Pattern MARKED = Pattern.compile("[ \\t>*_#]*(={2,})[ \\t*_=]*(\\S.*)?", Pattern.DOTALL);
    private static final Pattern SHARP = Pattern.compile("[ \\t]*(#{1,6})[ \\t*_]+(\\S.*)?", Pattern.DOTALL);
    private static final Pattern DECORATION_AT_END = Pattern.compile("[ \\t\\r*_=#]+$");

    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.DOTALL;

    private static final String STEP_WORD =
            "(?:step|schritt|étape|etape|paso|passo|stap|krok|adım|steg|шаг|крок|步骤|步驟|ステップ|단계|الخطوة|चरण|bước|langkah)";
    private static final String ARTICLE = "(?:the|my|die|meine|het|la|ma|mi|el|il|mia|a|minha)[ \\t]+";
    private static final String FINAL = "(?:final|finale|endgültige|ostateczna|nihai|son|итоговый|окончательный)[ \\t]+"
            + "|(?:最终|最終|最終的な|최종)[ \\t]*";
    private static final String ANSWER_WORD = "(?:answer|" + KeyRules.OTHER_LANGUAGES
            + ")(?:[ \\t]+(?:finale?|definitiva|końcowa|akhir|النهائية|cuối cùng))?";

    private static final Pattern STEP = Pattern.compile(
            STEP_WORD
                    + "(?:[ \\t]*#?[0-9]{1,3}(?:/[0-9]{1,3})?)?[ \\t*_]*"
                    + "(?:$|(?:[:\uff1a.)]|[\u2013\u2014-][ \\t])[ \\t*_]*(.*))",
            FLAGS);
    private static final Pattern ANSWER = Pattern.compile(
            "(?:" + ARTICLE + "|" + FINAL + ")*+" + ANSWER_WORD
                    + "(?:[ \\t]*\\([^)]*\\))?[ \\t*_]*(?:$|[:\uff1a][ \\t*_]*(.*))",
            FLAGS);
    private static final Pattern RESULT = Pattern.compile(
            "[ \\t>*_#`]*(?:" + FINAL + ")?" + ANSWER_WORD + "[ \\t*_`]*[:\uff1a][ \\t]*(\\S.*)", FLAGS);

    /** The label of a result, without its colon, at the end of a text. */
    private static final Pattern LABEL = Pattern.compile(
            "(?<![\\p{L}\\p{N}&&[^\\p{IsHan}\\p{IsHiragana}\\p{IsHangul}]])" + ANSWER_WORD + "[ *_]*$", FLAGS);

    /** The number of characters at the start and at the end of a message in which instructions are looked for. */
    private static final int MAX_INSTRUCTIONS = 16 * 1024;

    /** The most characters that a label has. */
    private static final int MAX_LABEL = 40;

    /**
     * Reads a line as a heading.
     *
     * @param from the index of the line's first character
     * @param to the index after its last one, the line break excluded
     * @param sharp whether Markdown's headings of steps and answer count
     * @return null for any other line
     */
    static @Nullable FormatLine heading(CharSequence text, int from, int to, boolean sharp) {
        if (to - from > MAX_LENGTH) {
            return null;
        }
        Matcher line = MARKED.matcher(text).region(from, to);
        boolean marked = line.matches();
        if (!marked) {
            line = SHARP.matcher(text).region(from, to);
            if (!sharp || !line.matches()) {
                return null;
            }
        }
        String words = line.group(2);
        return words == null
                ? null
                : heading(
                        DECORATION_AT_END.matcher(words).replaceFirst(""),
                        line.start(2),
                        marked && line.group(1).length() >= MIN_MARK_OF_OTHER);
    }

    private static @Nullable FormatLine heading(String words, int start, boolean mayHaveOtherWords) {
        Matcher answer = ANSWER.matcher(words);
        if (answer.matches()) {
            return of(Kind.ANSWER, answer, start);
        }
        Matcher step = STEP.matcher(words);
        if (step.matches()) {
            return of(Kind.STEP, step, start);
        }
        boolean isText = !words.isEmpty() && Character.isLetterOrDigit(words.codePointAt(0));
        return mayHaveOtherWords && isText ? new FormatLine(Kind.OTHER, words, start, start) : null;
    }

    private static FormatLine of(Kind kind, Matcher words, int start) {
        String text = words.group(1);
        return text == null
                ? new FormatLine(kind, "", start, start + words.end())
                : new FormatLine(kind, text, start, start + words.start(1));
    }

    /** Returns what this heading, {@code === Answer: RESULT}, says as the result. */
    FormatLine asResult() {
        FormatLine nested = result(text, 0, text.length());
        return nested == null
                ? new FormatLine(kind, undecorated(text), start, textStart)
                : new FormatLine(nested.kind, nested.text, textStart, textStart + nested.textStart);
    }

    /** Whether an incomplete line may become a heading. */
    static boolean mayBecomeHeading(CharSequence text, int from, int to, boolean sharp) {
        return mayMatch(MARKED, text, from, to) || (sharp && mayMatch(SHARP, text, from, to));
    }

    /** Reads a line as the result. Returns null for any other line. */
    static @Nullable FormatLine result(CharSequence text, int from, int to) {
        if (to - from > MAX_LENGTH) {
            return null;
        }
        Matcher line = RESULT.matcher(text).region(from, to);
        if (!line.matches()) {
            return null;
        }
        String result = undecorated(line.group(1));
        return result.isEmpty() ? null : new FormatLine(Kind.RESULT, result, from, line.start(1));
    }

    /** Whether the start or the end of a text mentions such a line, as instructions for the form of an answer do. */
    static boolean mentionsResult(String text) {
        return text.length() <= 2 * MAX_INSTRUCTIONS
                ? mentionsResultAnywhere(text)
                : mentionsResultAnywhere(text.substring(0, MAX_INSTRUCTIONS))
                        || mentionsResultAnywhere(text.substring(text.length() - MAX_INSTRUCTIONS));
    }

    private static boolean mentionsResultAnywhere(String text) {
        for (int i = 0; i < text.length(); i++) {
            boolean isColon = text.charAt(i) == ':' || text.charAt(i) == '\uff1a';
            if (isColon
                    && mayEndLabel(text.charAt(Math.max(0, i - 1)))
                    && LABEL.matcher(text.substring(Math.max(0, i - MAX_LABEL), i))
                            .find()) {
                return true;
            }
        }
        return false;
    }

    /** A quick test: most colons, such as those of JSON, follow something else. */
    private static boolean mayEndLabel(char c) {
        return Character.isLetter(c) || c == ' ' || c == '*' || c == '_';
    }

    /** Whether an incomplete line may become the result. */
    static boolean mayBecomeResult(CharSequence text, int from, int to) {
        return mayMatch(RESULT, text, from, to);
    }

    private static boolean mayMatch(Pattern pattern, CharSequence text, int from, int to) {
        if (to - from > MAX_LENGTH) {
            return false;
        }
        Matcher line = pattern.matcher(text).region(from, to);
        return line.matches() || line.hitEnd();
    }

    /** Removes what Markdown puts around a result: {@code ** 42}, the rest of {@code **Answer:** 42}, or {@code 42**}, or {@code `42`}. */
    static String undecorated(String result) {
        String bare = result.strip();
        int start = 0;
        while (start < bare.length() && bare.charAt(start) == '*') {
            start++;
        }
        int end = bare.length();
        while (end > start && bare.charAt(end - 1) == '*') {
            end--;
        }
        bare = bare.substring(start, end).strip();
        boolean isCode = bare.length() > 2 && bare.startsWith("`") && bare.indexOf('`', 1) == bare.length() - 1;
        return isCode ? bare.substring(1, bare.length() - 1).strip() : bare;
    }
}
