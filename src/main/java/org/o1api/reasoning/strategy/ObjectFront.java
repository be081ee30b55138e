package org.o1api.reasoning.strategy;

/** Finds a JSON object at the front of a text, in a Markdown fence and a list if there are such. */
final class ObjectFront {
    /** In place of an index: the text that decides has not arrived. */
    static final int NOT_YET = -1;

    /** In place of an index: there is none, whatever arrives. */
    static final int NEVER = -2;

    private static final int MAX_GAP = 256;
    private static final String FENCE = "```";
    private static final int MAX_LANGUAGE = 16;

    private ObjectFront() {}

    /**
     * Where the object begins that a text begins with, or that is in its fence or list.
     *
     * @return an index, {@link #NOT_YET} or {@link #NEVER}
     */
    static int find(StringBuilder held) {
        int i = 0;
        if (held.charAt(0) == '`') {
            i = Math.min(FENCE.length(), held.length());
            if (!FENCE.startsWith(held.substring(0, i))) {
                return NEVER;
            }
            int language = i;
            while (i < held.length() && i - language < MAX_LANGUAGE && Character.isLetter(held.charAt(i))) {
                i++;
            }
        }
        i = afterSpace(held, i);
        if (i < held.length() && held.charAt(i) == '[') {
            i = afterSpace(held, i + 1);
        }
        if (i < held.length() && held.charAt(i) != '{') {
            return NEVER;
        }
        int key = afterSpace(held, i + 1);
        if (key >= held.length()) {
            return key > MAX_GAP ? NEVER : NOT_YET;
        }
        return held.charAt(key) == '"' ? i : NEVER;
    }

    private static int afterSpace(StringBuilder held, int from) {
        int i = from;
        while (i < held.length() && ReplyText.isSpace(held.charAt(i))) {
            i++;
        }
        return i;
    }
}
