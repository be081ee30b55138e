package org.o1api.upstream;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A chunked HTTP body whose reads return all data that has arrived, across chunk boundaries. HttpClient's own stream returns at
 * most one chunk a read, which is usually one event, so events that arrive together could not be joined. A read blocks only if no
 * data is available. A failure after data is thrown by the next read.
 */
final class CoalescingChunkedInputStream extends InputStream {
    /** Maximum bytes of framing between two pieces of data: sizes, extensions and trailers need far fewer. */
    private static final int MAX_FRAMING = 8 * 1024;

    private static final int MAX_SIZE_DIGITS = 15;

    private enum State {
        SIZE,
        EXTENSION,
        DATA,
        AFTER_DATA,
        TRAILER,
        ENDED
    }

    private final SessionInputBuffer buffer;
    private final InputStream socket;
    private State state = State.SIZE;
    private long size;
    private int digits;
    private int framing;
    private boolean emptyTrailerLine;
    private @Nullable IOException failure;

    CoalescingChunkedInputStream(SessionInputBuffer buffer, InputStream socket) {
        this.buffer = buffer;
        this.socket = socket;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (failure == null && state != State.ENDED) {
            int read = buffer.read(target, offset, length, socket);
            if (read < 0) {
                throw new ConnectionClosedException("the connection ended within a chunked body");
            }
            int data = removeFraming(target, offset, read);
            if (data > 0) {
                return data;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return -1;
    }

    /** Moves the data in the range to its front and returns how many bytes it is. */
    private int removeFraming(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int from = offset;
        int to = offset;
        while (from < end && failure == null) {
            if (state == State.DATA) {
                int piece = (int) Math.min(size, end - from);
                if (from != to) {
                    System.arraycopy(bytes, from, bytes, to, piece);
                }
                from += piece;
                to += piece;
                size -= piece;
                if (size == 0) {
                    state = State.AFTER_DATA;
                    framing = 0;
                }
            } else {
                readFramingByte(bytes[from++]);
            }
        }
        return to - offset;
    }

    private void readFramingByte(byte b) {
        if (++framing > MAX_FRAMING) {
            failure = new MalformedChunkCodingException("chunk framing is too long");
            return;
        }
        switch (state) {
            case AFTER_DATA -> {
                if (b == '\n') {
                    state = State.SIZE;
                    size = 0;
                    digits = 0;
                } else if (b != '\r') {
                    failure = new MalformedChunkCodingException("a chunk is longer than its declared size");
                }
            }
            case SIZE -> readSizeByte(b);
            case EXTENSION -> {
                if (b == '\n') {
                    endSizeLine();
                }
            }
            case TRAILER -> {
                if (b == '\n') {
                    state = emptyTrailerLine ? State.ENDED : State.TRAILER;
                    emptyTrailerLine = true;
                } else if (b != '\r') {
                    emptyTrailerLine = false;
                }
            }
            default -> failure = new MalformedChunkCodingException("data after the last chunk");
        }
    }

    private void readSizeByte(byte b) {
        int digit = Character.digit(b, 16);
        if (digit >= 0 && digits < MAX_SIZE_DIGITS) {
            size = size * 16 + digit;
            digits++;
        } else if (digits == 0 || digit >= 0) {
            failure = new MalformedChunkCodingException("invalid chunk size");
        } else if (b == '\n') {
            endSizeLine();
        } else if (b == ';' || b == ' ' || b == '\t' || b == '\r') {
            state = State.EXTENSION;
        } else {
            failure = new MalformedChunkCodingException("invalid chunk size");
        }
    }

    private void endSizeLine() {
        state = size == 0 ? State.TRAILER : State.DATA;
        emptyTrailerLine = true;
    }
}
