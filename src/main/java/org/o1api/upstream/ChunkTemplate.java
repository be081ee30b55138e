package org.o1api.upstream;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The last chunk that told nothing but a piece of text: what stands before the text, and what after. A chunk with the same
 * bytes before and after, and between them a text without quote, escape or control character, means the same by the rules of
 * JSON but for that text, and need not be parsed. Most chunks of a reply are so.
 */
final class ChunkTemplate {
    private static final int MAX_LENGTH = 8 * 1024;

    private byte[] chunk = {};
    private int prefix;
    private int suffix;
    private boolean reasoning;

    /**
     * Takes a chunk as the example for the next ones.
     *
     * @param start of the text's JSON string, its opening quote, counted from the chunk's first byte
     * @param end of the text's JSON string, after its closing quote
     */
    void learn(byte[] bytes, int offset, int length, int start, int end, boolean isReasoning) {
        boolean located = start >= 0
                && start < end - 1
                && end <= length
                && bytes[offset + start] == '"'
                && bytes[offset + end - 1] == '"';
        if (!located || length > MAX_LENGTH) {
            clear();
            return;
        }
        prefix = start + 1;
        suffix = length - end + 1;
        reasoning = isReasoning;
        if (chunk.length < prefix + suffix) {
            chunk = new byte[prefix + suffix + 64];
        }
        System.arraycopy(bytes, offset, chunk, 0, prefix);
        System.arraycopy(bytes, offset + length - suffix, chunk, prefix, suffix);
    }

    void clear() {
        prefix = 0;
    }

    /** The text of a chunk that fits; null when it has to be parsed. */
    @Nullable
    String textOf(byte[] bytes, int offset, int length) {
        int from = offset + prefix;
        int to = offset + length - suffix;
        if (prefix == 0
                || from > to
                || !Arrays.equals(bytes, offset, from, chunk, 0, prefix)
                || !Arrays.equals(bytes, to, to + suffix, chunk, prefix, prefix + suffix)) {
            return null;
        }
        boolean ascii = true;
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            if (b < 0) {
                ascii = false;
            } else if (b == '"' || b == '\\' || b < ' ') {
                return null;
            }
        }
        if (ascii) {
            return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
        }
        String text = new String(bytes, from, to - from, StandardCharsets.UTF_8);
        return text.indexOf('\ufffd') < 0 ? text : null; // it may be no UTF-8: the parser knows
    }

    /** Whether the text of the chunks that fit is reasoning. */
    boolean isReasoning() {
        return reasoning;
    }
}
