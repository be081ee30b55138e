package org.o1api.upstream;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;
import org.o1api.model.ErrorCode;

/**
 * Reads a response body that may be compressed: some providers and proxies compress although the request asks for {@code identity}.
 * Data is decompressed as it arrives. An uncompressed body is read without a copy. gzip is also recognized by its first bytes;
 * deflate means zlib or raw. Other encodings are an error.
 */
final class DecompressingInputStream extends InputStream {
    private static final int BUFFER = 8 * 1024;
    private static final byte GZIP_1 = 0x1f;
    private static final byte GZIP_2 = (byte) 0x8b;
    private static final int GZIP_TRAILER = 8;
    private static final int MAX_HEADER_TEXT = 64 * 1024;

    private static final int FLAG_EXTRA = 4;
    private static final int FLAG_NAME = 8;
    private static final int FLAG_COMMENT = 16;
    private static final int FLAG_HEADER_CHECKSUM = 2;
    /** Entries in {@code Content-Encoding} that mean no compression, and separators. */
    private static final Pattern NO_ENCODING = Pattern.compile("\\b(?:identity|utf-8|none)\\b|[,\\s]");

    private static final Pattern PRINTABLE_ENCODING = Pattern.compile("[a-z0-9.-]{1,20}");

    private final InputStream in;
    private final String encoding;
    private boolean started;
    private @Nullable Inflater inflater;
    private boolean gzip;
    private boolean ended;
    private final CRC32 checksum = new CRC32();

    private final byte[] singleByte = new byte[1];
    private byte[] compressed = {};
    private int from;
    private int to;

    /**
     * Creates a stream over a response body.
     *
     * @param contentEncoding the value of the response's {@code Content-Encoding} header
     */
    DecompressingInputStream(InputStream in, @Nullable String contentEncoding) {
        this.in = in;
        String header = contentEncoding == null ? "" : contentEncoding.toLowerCase(Locale.ROOT);
        this.encoding = NO_ENCODING.matcher(header).replaceAll("");
    }

    @Override
    public int read() throws IOException {
        return read(singleByte, 0, 1) < 0 ? -1 : singleByte[0] & 0xff;
    }

    /**
     * Returns the data that has arrived; blocks only if there is none.
     *
     * @throws UpstreamException if the encoding is not supported
     */
    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!started) {
            started = true;
            return start(target, offset, length);
        }
        if (inflater != null) {
            return inflate(inflater, target, offset, length);
        }
        if (from < to) { // the first bytes, read to detect the format
            int copied = Math.min(length, to - from);
            System.arraycopy(compressed, from, target, offset, copied);
            from += copied;
            return copied;
        }
        return in.read(target, offset, length);
    }

    /** Frees the inflater. The underlying body remains open. */
    void releaseInflater() {
        if (inflater != null) {
            ended = true;
            inflater.end();
        }
    }

    private int start(byte[] target, int offset, int length) throws IOException {
        switch (encoding) {
            case "", "gzip", "x-gzip" -> { // detected by its first bytes, whatever the header says
                int read = in.read(target, offset, length);
                if (read <= 0 || target[offset] != GZIP_1 || (read > 1 && target[offset + 1] != GZIP_2)) {
                    return read;
                }
                compressed = Arrays.copyOfRange(target, offset, offset + Math.max(read, BUFFER));
                to = read;
                gzip = isMember();
                if (gzip) {
                    startMember();
                }
            }
            case "deflate" -> {
                compressed = new byte[BUFFER];
                if (ensureAvailable(2)) {
                    boolean zlib = (peek(0) & 0x0f) == 8 && (peek(0) * 256 + peek(1)) % 31 == 0;
                    inflater = new Inflater(!zlib);
                    inflater.setInput(compressed, from, to - from);
                }
            }
            default -> throw unsupportedEncoding();
        }
        return read(target, offset, length);
    }

    private UpstreamException unsupportedEncoding() {
        return new UpstreamException(
                ErrorCode.UPSTREAM_FAILED,
                "The model provider sent a compressed reply"
                        + (PRINTABLE_ENCODING.matcher(encoding).matches()
                                ? " (Content-Encoding: " + encoding + ")"
                                : "")
                        + " although the request asked for an uncompressed one. The gateway supports only gzip and deflate.",
                false,
                null);
    }

    private int inflate(Inflater current, byte[] target, int offset, int length) throws IOException {
        try {
            while (!ended) {
                int inflated = current.inflate(target, offset, length);
                if (inflated > 0) {
                    checksum.update(target, offset, inflated);
                    return inflated;
                }
                if (current.finished()) {
                    from = to - current.getRemaining();
                    endMember();
                } else if (current.needsDictionary()) {
                    throw new IOException("compressed with a preset dictionary");
                } else {
                    from = to;
                    if (!fill()) {
                        throw new EOFException("the body ended within compressed data");
                    }
                    current.setInput(compressed, from, to - from);
                }
            }
        } catch (DataFormatException e) {
            throw new IOException("invalid compressed data", e);
        }
        return -1;
    }

    /** Ends one gzip member or deflate stream. Another gzip member may follow; any other bytes are ignored. */
    private void endMember() throws IOException {
        ended = true;
        if (gzip) {
            require(GZIP_TRAILER);
            long expected = peek(0) | peek(1) << 8 | peek(2) << 16 | (long) peek(3) << 24;
            if (checksum.getValue() != expected) {
                throw new IOException("compressed data with a wrong checksum");
            }
            from += GZIP_TRAILER;
            if (isMember()) {
                startMember();
                ended = false;
                return;
            }
        }
        do {
            from = to;
        } while (fill()); // the connection is reused only after its last byte was read
        releaseInflater();
    }

    private boolean isMember() throws IOException {
        return ensureAvailable(2) && compressed[from] == GZIP_1 && compressed[from + 1] == GZIP_2;
    }

    private void startMember() throws IOException {
        require(10);
        int flags = peek(3);
        skip(10);
        if ((flags & FLAG_EXTRA) != 0) {
            require(2);
            int extra = peek(0) + 256 * peek(1);
            skip(2);
            skip(extra);
        }
        if ((flags & FLAG_NAME) != 0) {
            skipText();
        }
        if ((flags & FLAG_COMMENT) != 0) {
            skipText();
        }
        if ((flags & FLAG_HEADER_CHECKSUM) != 0) {
            skip(2);
        }
        if (inflater == null) {
            inflater = new Inflater(true);
        } else {
            inflater.reset();
        }
        checksum.reset();
        inflater.setInput(compressed, from, to - from);
    }

    private void skipText() throws IOException {
        for (int skipped = 0; skipped < MAX_HEADER_TEXT; skipped++) {
            require(1);
            if (compressed[from++] == 0) {
                return;
            }
        }
        throw new IOException("a gzip header that is too long");
    }

    private void skip(int count) throws IOException {
        for (int left = count; left > 0; ) {
            require(1);
            int step = Math.min(left, to - from);
            from += step;
            left -= step;
        }
    }

    private int peek(int ahead) {
        return compressed[from + ahead] & 0xff;
    }

    private void require(int count) throws IOException {
        if (!ensureAvailable(count)) {
            throw new EOFException("the body ended within compressed data");
        }
    }

    /** Whether {@code count} bytes are available; reads until they are. */
    private boolean ensureAvailable(int count) throws IOException {
        while (to - from < count) {
            if (!fill()) {
                return false;
            }
        }
        return true;
    }

    /** Reads the available bytes into the buffer after the existing ones. */
    private boolean fill() throws IOException {
        if (from == to) {
            from = 0;
            to = 0;
        } else if (to == compressed.length) {
            System.arraycopy(compressed, from, compressed, 0, to - from);
            to -= from;
            from = 0;
        }
        int read = in.read(compressed, to, compressed.length - to);
        if (read < 0) {
            return false;
        }
        to += read;
        return true;
    }
}
