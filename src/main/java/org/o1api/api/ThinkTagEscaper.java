package org.o1api.api;

import org.o1api.model.ThinkBlock;

/**
 * Escapes closing tags in the text of a think block as {@code <\/think>}, so that only the gateway's own tag closes the
 * block. Text that may be the start of a tag is held back until the next text.
 */
final class ThinkTagEscaper {
    private static final String ESCAPED = "<\\/think>";

    private final StringBuilder held = new StringBuilder();

    /** Adds text and returns what can be written. */
    String append(String piece) {
        String text = held.append(piece).toString().replace(ThinkBlock.END, ESCAPED);
        int end = Math.max(0, text.length() - ThinkBlock.END.length() + 1);
        while (end < text.length() && !ThinkBlock.END.startsWith(text.substring(end))) {
            end++;
        }
        held.setLength(0);
        held.append(text, end, text.length());
        return text.substring(0, end);
    }

    /** Returns the text that was held back, at the end of the block. */
    String finish() {
        String rest = held.toString();
        held.setLength(0);
        return rest;
    }
}
