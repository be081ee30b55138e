package org.o1api.reasoning.strategy;

/** Finds a JSON object at the front of a text, in a Markdown fence and a list if there are such. */
final class LeadingObject {
    private static final int MAX_GAP = 256;
    private static final String FENCE = "```";
    private static final int MAX_LANGUAGE = 16;

    private LeadingObject() {}

    /**
     * Where the object begins that a text begins with, or that is in its fence or list; white space before it is skipped.
     *
     * @param from where the text begins
     * @return an index, {@link ReplyCursor#NEED_MORE} or {@link ReplyCursor#NOT_FOUND}
     */
    static int find(StringBuilder held, int from) {
        int i = afterSpace(held, from);
        if (i < held.length() && held.charAt(i) == '`') {
            int ticks = i;
            i = Math.min(ticks + FENCE.length(), held.length());
            if (!FENCE.startsWith(held.substring(ticks, i))) {
                return ReplyCursor.NOT_FOUND;
            }
            int language = i;
            while (i < held.length() && i - language < MAX_LANGUAGE && Character.isLetter(held.charAt(i))) {
                i++;
            }
            i = afterSpace(held, i);
        }
        if (i < held.length() && held.charAt(i) == '[') {
            i = afterSpace(held, i + 1);
        }
        if (i < held.length() && held.charAt(i) != '{') {
            return ReplyCursor.NOT_FOUND;
        }
        int key = afterSpace(held, i + 1);
        if (key - from > MAX_GAP) {
            return ReplyCursor.NOT_FOUND;
        }
        if (key >= held.length()) {
            return ReplyCursor.NEED_MORE;
        }
        return held.charAt(key) == '"' ? i : ReplyCursor.NOT_FOUND;
    }

    /**
     * Where a fence ends that closes at these back quotes, if nothing follows them on their line.
     *
     * @param ended whether no more text comes
     * @return an index, {@link ReplyCursor#NEED_MORE} or {@link ReplyCursor#NOT_FOUND}
     */
    static int endOfFence(StringBuilder held, int ticks, boolean ended) {
        int i = ticks;
        while (i < held.length() && held.charAt(i) == '`') {
            i++;
        }
        boolean whole = i - ticks >= FENCE.length();
        int end = i;
        while (end < held.length() && end - i <= MAX_GAP && isBlank(held.charAt(end))) {
            end++;
        }
        if (end == held.length()) {
            return !ended ? ReplyCursor.NEED_MORE : whole ? end : ReplyCursor.NOT_FOUND;
        }
        return whole && (held.charAt(end) == '\n' || held.charAt(end) == '\r') ? end : ReplyCursor.NOT_FOUND;
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
    private static int afterSpace(StringBuilder held, int from) {
        int i = from;
        while (i < held.length() && i - from <= MAX_GAP && ReplyCursor.isSpace(held.charAt(i))) {
            i++;
        }
        return i;
    }
}
