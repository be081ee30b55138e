package org.o1api.server;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A response without a client: what is written to it is recorded. */
public final class RecordedStream {
    private static final EventStream.Listener NO_LISTENER = new EventStream.Listener() {
        @Override
        public void disconnected() {}

        @Override
        public void failed(Throwable failure) {}
    };

    private final List<String> writes = new ArrayList<>();
    private final EventStream stream;

    /** Opens a stream that starts when a provider accepts a call, and has no heartbeat. */
    public RecordedStream(byte[] openingEvent) {
        stream = new EventStream(
                new Sink(),
                new StreamSettings(null, Duration.ofMinutes(10), true, Duration.ofMinutes(10), null),
                openingEvent,
                new byte[0],
                NO_LISTENER,
                closed -> {});
    }

    public EventStream stream() {
        return stream;
    }

    /** What was written, one text for each write. */
    public List<String> writes() {
        return writes;
    }

    private final class Sink implements FrameSink {
        @Override
        public void write(byte[] bytes) {
            writes.add(new String(bytes, StandardCharsets.UTF_8));
        }

        @Override
        public byte[] ping() {
            return new byte[0];
        }

        @Override
        public void fail(byte[] error) {
            write(error);
        }

        @Override
        public void close() {}
    }
}
