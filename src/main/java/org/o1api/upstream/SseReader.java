package org.o1api.upstream;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * The data of a stream of server-sent events, read as it arrives. Comments and all fields but {@code data} are skipped, and
 * of {@code event} only the name {@code error} counts. An event's bytes lie in this reader's own buffer, and stay there until
 * the next call of a method.
 */
final class SseReader {
    /** A burst that fits is one delta and one write to the client; with 4 KiB a turn took 40 % more CPU. */
    private static final int BUFFER = 16 * 1024;
    /** Less room than this is not worth a read. */
    private static final int LEAST_ROOM = BUFFER / 2;

    private static final byte[] EVENT = {'e', 'v', 'e', 'n', 't', ':'};
    private static final byte[] ERROR_FIELD = {'e', 'r', 'r', 'o', 'r', ':'};
    private static final byte[] ERROR = {'e', 'r', 'r', 'o', 'r'};

    private final InputStream in;
    private final int limit;
    private byte[] bytes = new byte[BUFFER];
    private int end;
    private int line;
    private int scan;
    private boolean afterReturn;
    private boolean begun;

    private int dataStart = -1;
    private int dataEnd;
    private final ByteArrayOutputStream joined = new ByteArrayOutputStream(0);
    private boolean severalLines;
    private boolean handedOut;
    private boolean namedError;

    private byte[] event = bytes;
    private int offset;
    private int length;

    /** Reads events of at most {@code limit} bytes. */
    SseReader(InputStream in, int limit) {
        this.in = in;
        this.limit = limit;
    }

    /**
     * Reads what has arrived, and blocks until something has.
     *
     * @return false when the stream has ended
     */
    boolean read() throws IOException {
        makeRoom();
        int read = in.read(bytes, end, bytes.length - end);
        if (read < 0) {
            return false;
        }
        end += read;
        return true;
    }

    /** The first byte read that is no white space and no byte order mark; -1 while there is none. Only before the first event. */
    int firstByte() {
        for (int i = skipMark(0); i < end; i++) {
            if (bytes[i] != ' ' && bytes[i] != '\n' && bytes[i] != '\r' && bytes[i] != '\t') {
                return bytes[i] & 0xff;
            }
        }
        return -1;
    }

    /** Moves on to the next event, if all of it has arrived. */
    boolean next() {
        forgetEvent();
        while (scan < end) {
            if (afterReturn) {
                afterReturn = false;
                if (bytes[scan] == '\n') {
                    line = ++scan;
                    continue;
                }
            }
            int at = scan;
            while (at < end && bytes[at] != '\n' && bytes[at] != '\r') {
                at++;
            }
            scan = at;
            if (at == end) {
                break;
            }
            afterReturn = bytes[at] == '\r';
            scan = at + 1;
            boolean complete = endLine(at);
            line = scan;
            if (complete) {
                return true;
            }
        }
        return false;
    }

    /** Moves on to the event that the stream ended in, if there is one: some servers omit the last empty line. */
    boolean last() {
        forgetEvent();
        if (line < end) {
            endLine(end);
            line = scan = end;
        }
        return endLine(line);
    }

    /** Reads all of the stream, at most so many bytes, as one piece of data. */
    void readAll(int most) throws IOException {
        do {
            if (end > most) {
                throw UpstreamErrors.tooLarge("a reply that is not streamed", most);
            }
            if (bytes.length - end < LEAST_ROOM) {
                bytes = Arrays.copyOf(bytes, bytes.length * 2);
            }
            int read = in.read(bytes, end, bytes.length - end);
            if (read < 0) {
                break;
            }
            end += read;
        } while (true);
        event = bytes;
        offset = skipMark(0);
        length = end - offset;
    }

    /** Reads on to the stream's end, for at most so many bytes, and keeps nothing. */
    boolean drain(int most) throws IOException {
        for (int read = 0, sum = 0; sum <= most; sum += read) {
            read = in.read(bytes, 0, bytes.length);
            if (read < 0) {
                return true;
            }
        }
        return false;
    }

    /** Where the event's data lies. */
    byte[] data() {
        return event;
    }

    /** Whether the event is named {@code error}; only such a one may have no data. */
    boolean isErrorEvent() {
        return namedError;
    }

    int offset() {
        return offset;
    }

    int length() {
        return length;
    }

    private int skipMark(int from) {
        return end - from >= 3
                        && bytes[from] == (byte) 0xef
                        && bytes[from + 1] == (byte) 0xbb
                        && bytes[from + 2] == (byte) 0xbf
                ? from + 3
                : from;
    }

    /** Whether the line from {@code line} to there ends an event that has data. */
    private boolean endLine(int to) {
        int from = line;
        if (!begun) {
            begun = true;
            from = skipMark(from);
        }
        if (from == to) {
            return dispatch();
        }
        if (to - from >= 4
                && bytes[from] == 'd'
                && bytes[from + 1] == 'a'
                && bytes[from + 2] == 't'
                && bytes[from + 3] == 'a'
                && (to - from == 4 || bytes[from + 4] == ':')) {
            int value = Math.min(from + 5, to);
            if (value < to && bytes[value] == ' ') {
                value++;
            }
            addLine(value, to);
        } else if (bytes[from] == 'e') {
            nameEvent(from, to);
        }
        return false;
    }

    /** Reads the event's name, or an error that is a field of its own, as older versions of llama.cpp send it. */
    private void nameEvent(int from, int to) {
        if (startsWith(ERROR_FIELD, from, to)) {
            namedError = true;
            addLine(from + ERROR_FIELD.length, to);
        } else if (startsWith(EVENT, from, to)) {
            int value = from + EVENT.length;
            if (value < to && bytes[value] == ' ') {
                value++;
            }
            namedError = to - value == ERROR.length && startsWith(ERROR, value, to);
        }
    }

    private boolean startsWith(byte[] word, int from, int to) {
        return to - from >= word.length && Arrays.equals(bytes, from, from + word.length, word, 0, word.length);
    }

    private void addLine(int from, int to) {
        if (dataStart < 0) {
            dataStart = from;
            dataEnd = to;
            return;
        }
        if (!severalLines) {
            severalLines = true;
            joined.write(bytes, dataStart, dataEnd - dataStart);
        }
        if (joined.size() + to - from > limit) {
            throw UpstreamErrors.tooLarge("an event", limit);
        }
        joined.write('\n');
        joined.write(bytes, from, to - from);
    }

    private boolean dispatch() {
        if (dataStart < 0 && !namedError) {
            return false;
        }
        handedOut = true;
        if (dataStart < 0) {
            length = 0;
        } else if (severalLines) {
            event = joined.toByteArray();
            offset = 0;
            length = event.length;
        } else {
            event = bytes;
            offset = dataStart;
            length = dataEnd - dataStart;
        }
        if (length > limit) {
            throw UpstreamErrors.tooLarge("an event", limit);
        }
        if (length == 0 && !namedError) {
            forgetEvent();
            return false;
        }
        return true;
    }

    private void forgetEvent() {
        if (handedOut) {
            handedOut = false;
            dataStart = -1;
            severalLines = false;
            namedError = false;
            joined.reset();
        }
    }

    private void makeRoom() {
        forgetEvent();
        int keep = dataStart >= 0 && !severalLines ? dataStart : line;
        if (keep == end || bytes.length - end < LEAST_ROOM) {
            System.arraycopy(bytes, keep, bytes, 0, end - keep);
            end -= keep;
            line -= keep;
            scan -= keep;
            dataStart = dataStart < 0 ? -1 : Math.max(0, dataStart - keep);
            dataEnd -= keep;
        }
        if (end > limit) {
            throw UpstreamErrors.tooLarge("an event", limit);
        }
        if (bytes.length - end < LEAST_ROOM) {
            bytes = Arrays.copyOf(bytes, bytes.length * 2);
        }
    }
}
