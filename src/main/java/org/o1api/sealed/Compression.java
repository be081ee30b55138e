package org.o1api.sealed;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/** Deflates and inflates (RFC 1951) with a limit on the output. */
final class Compression {
    private static final int FIRST_BUFFER = 8192;

    private Compression() {}

    /** Returns null if the output would be longer than {@code limit} bytes. */
    static byte @Nullable [] deflate(byte[] input, int limit) {
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        try {
            deflater.setInput(input);
            deflater.finish();
            byte[] output = new byte[limit + 1];
            int length = deflater.deflate(output);
            return length > limit ? null : Arrays.copyOf(output, length);
        } finally {
            deflater.end();
        }
    }

    /** Returns null if the input is malformed or incomplete, or the output would be longer than {@code limit} bytes. */
    static byte @Nullable [] inflate(byte[] input, int limit) {
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(input);
            byte[] output = new byte[Math.min(FIRST_BUFFER, limit + 1)];
            int length = 0;
            while (length <= limit) {
                int added = inflater.inflate(output, length, output.length - length);
                length += added;
                if (inflater.finished()) {
                    return length > limit ? null : Arrays.copyOf(output, length);
                }
                if (added == 0) {
                    return null;
                }
                if (length == output.length) {
                    output = Arrays.copyOf(output, Math.min(2 * length, limit + 1));
                }
            }
            return null;
        } catch (DataFormatException e) {
            return null;
        } finally {
            inflater.end();
        }
    }
}
