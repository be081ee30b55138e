package org.o1api.reasoning.text;

/** Finds a JSON object at the start of a text, directly or inside a Markdown fence, an array or both. */
final class LeadingObject {
    private static final int MAX_LOOK_AHEAD = 256;
    private static final String FENCE = "```";
    private static final int MAX_LANGUAGE = 16;

    private LeadingObject() {}

    /**
     * Finds the brace of an object at the start of a text, after white space, a fence and an opening bracket.
     *
     * @param from where the text starts
     * @return an index, {@link ReplyCursor#NEED_MORE} or {@link ReplyCursor#NOT_FOUND}
     */
    static int find(StringBuilder text, int from) {
        int i = afterSpace(text, from);
        if (i < text.length() && text.charAt(i) == '`') {
            int ticks = i;
            i = Math.min(ticks + FENCE.length(), text.length());
            if (!FENCE.startsWith(text.substring(ticks, i))) {
                return ReplyCursor.NOT_FOUND;
            }
            int language = i;
            while (i < text.length() && i - language < MAX_LANGUAGE && Character.isLetter(text.charAt(i))) {
                i++;
            }
            i = afterSpace(text, i);
        }
        if (i < text.length() && text.charAt(i) == '[') {
            i = afterSpace(text, i + 1);
        }
        if (i < text.length() && text.charAt(i) != '{') {
            return ReplyCursor.NOT_FOUND;
        }
        int key = afterSpace(text, i + 1);
        if (key - from > MAX_LOOK_AHEAD) {
            return ReplyCursor.NOT_FOUND;
        }
        if (key >= text.length()) {
            return ReplyCursor.NEED_MORE;
        }
        return text.charAt(key) == '"' ? i : ReplyCursor.NOT_FOUND;
    }

    /**
     * Finds the end of a closing fence, which must be the last text on its line.
     *
     * @param ticks the index of the first backtick
     * @param ended whether the text is complete
     * @return an index, {@link ReplyCursor#NEED_MORE} or {@link ReplyCursor#NOT_FOUND}
     */
    static int endOfFence(StringBuilder text, int ticks, boolean ended) {
        int i = ticks;
        while (i < text.length() && text.charAt(i) == '`') {
            i++;
        }
        boolean isFence = i - ticks >= FENCE.length();
        int end = i;
        while (end < text.length() && end - i <= MAX_LOOK_AHEAD && isBlank(text.charAt(end))) {
            end++;
        }
        if (end == text.length()) {
            return !ended ? ReplyCursor.NEED_MORE : isFence ? end : ReplyCursor.NOT_FOUND;
        }
        return isFence && (text.charAt(end) == '\n' || text.charAt(end) == '\r') ? end : ReplyCursor.NOT_FOUND;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    /** Removes the fence around a text, and surrounding white space. */
    static String withoutFence(String text) {
        String inside = text.strip();
        if (!inside.startsWith(FENCE)) {
            return inside;
        }
        int from = FENCE.length();
        while (from < inside.length() && Character.isLetterOrDigit(inside.charAt(from))) {
            from++;
        }
        int to = inside.endsWith(FENCE) && inside.length() - FENCE.length() >= from
                ? inside.length() - FENCE.length()
                : inside.length();
        return inside.substring(from, to).strip();
    }

    /** Returns the index after the white space; stops after {@link #MAX_LOOK_AHEAD} characters. */
    private static int afterSpace(StringBuilder text, int from) {
        int i = from;
        while (i < text.length() && i - from <= MAX_LOOK_AHEAD && ReplyCursor.isSpace(text.charAt(i))) {
            i++;
        }
        return i;
    }
}
