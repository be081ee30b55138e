package org.o1api.api.chat;

import org.o1api.model.ThinkBlock;

/**
 * The text of a think block on its way to the client: a closing tag in it is written {@code <\/think>}, so that only ours closes the
 * block. What may be the beginning of a tag waits for the next piece.
 */
final class ThinkTagEscaper {
    private static final String ESCAPED = "<\\/think>";

    private final StringBuilder held = new StringBuilder();

    /** What of the text so far can be written now. */
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

    /** The rest: the block ends here. */
    String finish() {
        String rest = held.toString();
        held.setLength(0);
        return rest;
    }
}
