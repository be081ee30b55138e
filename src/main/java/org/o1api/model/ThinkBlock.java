package org.o1api.model;

import org.jspecify.annotations.Nullable;

/**
 * The reasoning at the front of a text, between {@code <think>} and {@code </think>}. An earlier answer with a closing tag only is
 * left as it is: that may be prose about such tags.
 */
public final class ThinkBlock {
    public static final String START = "<think>";
    public static final String END = "</think>";

    /** The end of a thought that does not end. */
    public static final int UNCLOSED = -1;

    private ThinkBlock() {}

    /** A text without its thought, where that has an end. */
    public static String stripped(String text) {
        int end = endIndex(new StringBuilder(text));
        return end <= 0 ? text : text.substring(end).stripLeading();
    }

    /** The reasoning in the block at a text's front, without white space around it; null if there is none, or it does not end. */
    public static @Nullable String reasoning(String text) {
        int end = endIndex(new StringBuilder(text));
        return end <= 0
                ? null
                : text.substring(text.indexOf(START) + START.length(), end - END.length())
                        .strip();
    }

    /** The index behind a text's thought: 0 where there is none, {@link #UNCLOSED} where it does not end. */
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
