package org.o1api.server;

import jakarta.ws.rs.sse.SseEventSink;
import java.io.IOException;
import java.util.Arrays;

/** Server-sent events: a ping is a comment, and a failure an event. */
final class SseSink implements FrameSink {
    private static final byte[] PING = {':', ' ', 'p', 'i', 'n', 'g'};

    private final SseEventSink sink;

    SseSink(SseEventSink sink) {
        this.sink = sink;
    }

    @Override
    public void write(Frame frame) throws IOException {
        if (sink.send(frame).toCompletableFuture().isCompletedExceptionally()) {
            throw new IOException("the client has left");
        }
    }

    @Override
    public byte[] ping() {
        return PING;
    }

    @Override
    public void fail(byte[] error) throws IOException {
        write(new Frame(Arrays.copyOf(error, error.length - 1)));
    }

    @Override
    public void close() {
        sink.close();
    }
}
