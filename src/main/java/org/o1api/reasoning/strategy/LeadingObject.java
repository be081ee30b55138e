package org.o1api.reasoning.strategy;

/** Finds a JSON object at the front of a text, in a Markdown fence and a list if there are such. */
final class LeadingObject {
    private static final int MAX_LOOK_AHEAD = 256;
    private static final String FENCE = "```";
    private static final int MAX_LANGUAGE = 16;

    private LeadingObject() {}

    /**
     * Where the object begins that a text begins with, or that is in its fence or list; white space before it is skipped.
     *
     * @param from where the text begins
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
     * Where a fence ends that closes at these back quotes, if nothing follows them on their line.
     *
     * @param ended whether no more text comes
     * @return an index, {@link ReplyCursor#NEED_MORE} or {@link ReplyCursor#NOT_FOUND}
     */
    static int endOfFence(StringBuilder text, int ticks, boolean ended) {
        int i = ticks;
        while (i < text.length() && text.charAt(i) == '`') {
            i++;
        }
        boolean whole = i - ticks >= FENCE.length();
        int end = i;
        while (end < text.length() && end - i <= MAX_LOOK_AHEAD && isBlank(text.charAt(end))) {
            end++;
        }
        if (end == text.length()) {
            return !ended ? ReplyCursor.NEED_MORE : whole ? end : ReplyCursor.NOT_FOUND;
        }
        return whole && (text.charAt(end) == '\n' || text.charAt(end) == '\r') ? end : ReplyCursor.NOT_FOUND;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    /** A text without the fence that is around all of it, and without white space around it. */
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

    /** The index behind the white space; it looks no further than it must. */
    private static int afterSpace(StringBuilder text, int from) {
        int i = from;
        while (i < text.length() && i - from <= MAX_LOOK_AHEAD && ReplyCursor.isSpace(text.charAt(i))) {
            i++;
        }
        return i;
    }
}
