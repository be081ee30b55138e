package org.o1api.model;

import org.jspecify.annotations.Nullable;

/**
 * The reasoning block {@code <think>...</think>} at the start of a text. An earlier answer that has only a closing tag is left
 * unchanged, because its text may just mention such a tag.
 */
public final class ThinkBlock {
    public static final String START = "<think>";
    public static final String END = "</think>";

    /** Returned instead of an index if the block is not closed. */
    public static final int UNCLOSED = -1;

    private ThinkBlock() {}

    /** Returns the text without its reasoning block; unchanged if the block is not closed. */
    public static String stripped(String text) {
        int end = endIndex(new StringBuilder(text));
        return end <= 0 ? text : text.substring(end).stripLeading();
    }

    /** Returns the reasoning in the block, stripped; null if there is no block or it is not closed. */
    public static @Nullable String reasoning(String text) {
        int end = endIndex(new StringBuilder(text));
        return end <= 0
                ? null
                : text.substring(text.indexOf(START) + START.length(), end - END.length())
                        .strip();
    }

    /** Returns the index after the block: 0 if there is none, {@link #UNCLOSED} if it is not closed. */
    public static int endIndex(StringBuilder text) {
        int front = 0;
        while (front < text.length() && Character.isWhitespace(text.charAt(front))) {
            front++;
        }
        int marked = front + START.length();
        if (marked > text.length() || !text.substring(front, marked).equals(START)) {
            return 0;
        }
        int end = text.indexOf(END, marked);
        return end < 0 ? UNCLOSED : end + END.length();
    }
}
