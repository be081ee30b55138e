package org.o1api.upstream;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A fast path for chunks that differ only in their text, as most chunks of a reply do. It keeps the bytes before and after the text
 * of the last chunk that contained nothing else. A chunk with the same bytes around a text without quotes, escapes or control
 * characters has, by the rules of JSON, the same meaning except for that text, so it need not be parsed.
 */
final class ChunkTemplate {
    private static final int MAX_LENGTH = 8 * 1024;

    private byte[] chunk = {};
    private int prefix;
    private int suffix;
    private boolean reasoning;

    /**
     * Makes a chunk the template of the next ones.
     *
     * @param start position of the opening quote of the text's JSON string, from the chunk's first byte
     * @param end position after the closing quote of the text's JSON string
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

    /** The text of a chunk that matches the template; null if it must be parsed. */
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
        return text.indexOf('\ufffd') < 0 ? text : null; // possibly invalid UTF-8: leave it to the parser
    }

    /** Whether the text of matching chunks is reasoning. */
    boolean isReasoning() {
        return reasoning;
    }
}
