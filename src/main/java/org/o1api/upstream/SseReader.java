package org.o1api.upstream;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Reads server-sent events as they arrive. Comments and all fields except {@code data} are skipped; of {@code event} only the name
 * {@code error} matters. An event's data lies in this reader's own buffer and is valid until the next call of a method.
 */
final class SseReader {
    /**
     * A burst of events that fits into the buffer becomes one delta and one write to the client. 4 KiB cost 40 % more CPU a turn.
     */
    private static final int BUFFER = 16 * 1024;
    /** The minimum free space for a read. */
    private static final int MIN_FREE = BUFFER / 2;

    private static final byte[] EVENT = {'e', 'v', 'e', 'n', 't', ':'};
    private static final byte[] ERROR_FIELD = {'e', 'r', 'r', 'o', 'r', ':'};
    private static final byte[] ERROR = {'e', 'r', 'r', 'o', 'r'};

    private final InputStream in;
    private final int limit;
    private byte[] buffer = new byte[BUFFER];
    private int end;
    private int lineStart;
    private int position;
    private boolean afterCarriageReturn;
    private boolean started;

    private int dataStart = -1;
    private int dataEnd;
    private final ByteArrayOutputStream joined = new ByteArrayOutputStream(0);
    private boolean multiLine;
    private boolean delivered;
    private boolean namedError;

    private byte[] data = buffer;
    private int offset;
    private int length;

    /**
     * Creates a reader.
     *
     * @param limit the maximum number of bytes of one event
     */
    SseReader(InputStream in, int limit) {
        this.in = in;
        this.limit = limit;
    }

    /**
     * Reads the data that has arrived; blocks until there is some.
     *
     * @return false at the end of the stream
     */
    boolean read() throws IOException {
        makeFreeSpace();
        int read = in.read(buffer, end, buffer.length - end);
        if (read < 0) {
            return false;
        }
        end += read;
        return true;
    }

    /**
     * The first byte read that is neither white space nor part of a byte order mark; -1 if there is none. Only valid before the
     * first event.
     */
    int firstByte() {
        for (int i = skipByteOrderMark(0); i < end; i++) {
            if (buffer[i] != ' ' && buffer[i] != '\n' && buffer[i] != '\r' && buffer[i] != '\t') {
                return buffer[i] & 0xff;
            }
        }
        return -1;
    }

    /** Advances to the next event. Returns false if it has not arrived completely. */
    boolean next() {
        resetEvent();
        while (position < end) {
            if (afterCarriageReturn) {
                afterCarriageReturn = false;
                if (buffer[position] == '\n') {
                    lineStart = ++position;
                    continue;
                }
            }
            int at = position;
            while (at < end && buffer[at] != '\n' && buffer[at] != '\r') {
                at++;
            }
            position = at;
            if (at == end) {
                break;
            }
            afterCarriageReturn = buffer[at] == '\r';
            position = at + 1;
            boolean complete = endLine(at);
            lineStart = position;
            if (complete) {
                return true;
            }
        }
        return false;
    }

    /** Advances to an event that the stream ended in, if there is one: some servers omit the last empty line. */
    boolean last() {
        resetEvent();
        if (lineStart < end) {
            endLine(end);
            lineStart = position = end;
        }
        return endLine(lineStart);
    }

    /**
     * Reads the whole stream as one piece of data.
     *
     * @throws UpstreamException if it has more than {@code maxBytes} bytes
     */
    void readAll(int maxBytes) throws IOException {
        do {
            if (end > maxBytes) {
                throw UpstreamErrors.tooLarge("a reply that is not streamed", maxBytes);
            }
            if (buffer.length - end < MIN_FREE) {
                buffer = Arrays.copyOf(buffer, buffer.length * 2);
            }
            int read = in.read(buffer, end, buffer.length - end);
            if (read < 0) {
                break;
            }
            end += read;
        } while (true);
        data = buffer;
        offset = skipByteOrderMark(0);
        length = end - offset;
    }

    /** Discards the rest of the stream, at most about {@code maxBytes} bytes, and returns whether it has ended. */
    boolean drain(int maxBytes) throws IOException {
        for (int read = 0, sum = 0; sum <= maxBytes; sum += read) {
            read = in.read(buffer, 0, buffer.length);
            if (read < 0) {
                return true;
            }
        }
        return false;
    }

    /** The array that holds the event's data, from {@link #offset} for {@link #length} bytes. */
    byte[] data() {
        return data;
    }

    /** Whether the event is named {@code error}; only such an event may have no data. */
    boolean isErrorEvent() {
        return namedError;
    }

    int offset() {
        return offset;
    }

    int length() {
        return length;
    }

    private int skipByteOrderMark(int from) {
        return end - from >= 3
                        && buffer[from] == (byte) 0xef
                        && buffer[from + 1] == (byte) 0xbb
                        && buffer[from + 2] == (byte) 0xbf
                ? from + 3
                : from;
    }

    /** Handles the line from {@code lineStart} to {@code to} and returns whether it ends an event. */
    private boolean endLine(int to) {
        int from = lineStart;
        if (!started) {
            started = true;
            from = skipByteOrderMark(from);
        }
        if (from == to) {
            return dispatch();
        }
        if (to - from >= 4
                && buffer[from] == 'd'
                && buffer[from + 1] == 'a'
                && buffer[from + 2] == 't'
                && buffer[from + 3] == 'a'
                && (to - from == 4 || buffer[from + 4] == ':')) {
            int value = Math.min(from + 5, to);
            if (value < to && buffer[value] == ' ') {
                value++;
            }
            addDataLine(value, to);
        } else if (buffer[from] == 'e') {
            readEventField(from, to);
        }
        return false;
    }

    /** Reads the event's name, or a field named {@code error}, as older versions of llama.cpp send it. */
    private void readEventField(int from, int to) {
        if (startsWith(ERROR_FIELD, from, to)) {
            namedError = true;
            addDataLine(from + ERROR_FIELD.length, to);
        } else if (startsWith(EVENT, from, to)) {
            int value = from + EVENT.length;
            if (value < to && buffer[value] == ' ') {
                value++;
            }
            namedError = to - value == ERROR.length && startsWith(ERROR, value, to);
        }
    }

    private boolean startsWith(byte[] word, int from, int to) {
        return to - from >= word.length && Arrays.equals(buffer, from, from + word.length, word, 0, word.length);
    }

    private void addDataLine(int from, int to) {
        if (dataStart < 0) {
            dataStart = from;
            dataEnd = to;
            return;
        }
        if (!multiLine) {
            multiLine = true;
            joined.write(buffer, dataStart, dataEnd - dataStart);
        }
        if (joined.size() + to - from > limit) {
            throw UpstreamErrors.tooLarge("an event", limit);
        }
        joined.write('\n');
        joined.write(buffer, from, to - from);
    }

    private boolean dispatch() {
        if (dataStart < 0 && !namedError) {
            return false;
        }
        delivered = true;
        if (dataStart < 0) {
            length = 0;
        } else if (multiLine) {
            data = joined.toByteArray();
            offset = 0;
            length = data.length;
        } else {
            data = buffer;
            offset = dataStart;
            length = dataEnd - dataStart;
        }
        if (length > limit) {
            throw UpstreamErrors.tooLarge("an event", limit);
        }
        if (length == 0 && !namedError) {
            resetEvent();
            return false;
        }
        return true;
    }

    private void resetEvent() {
        if (delivered) {
            delivered = false;
            dataStart = -1;
            multiLine = false;
            namedError = false;
            joined.reset();
        }
    }

    private void makeFreeSpace() {
        resetEvent();
        int keep = dataStart >= 0 && !multiLine ? dataStart : lineStart;
        if (keep == end || buffer.length - end < MIN_FREE) {
            System.arraycopy(buffer, keep, buffer, 0, end - keep);
            end -= keep;
            lineStart -= keep;
            position -= keep;
            dataStart = dataStart < 0 ? -1 : Math.max(0, dataStart - keep);
            dataEnd -= keep;
        }
        if (end > limit) {
            throw UpstreamErrors.tooLarge("an event", limit);
        }
        if (buffer.length - end < MIN_FREE) {
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
    }
}
