package org.o1api.server;

import jakarta.ws.rs.sse.SseEventSink;
import java.io.IOException;
import java.util.Arrays;

/** Server-sent events: a ping is a comment, and a failure an event. */
final class SseSink implements FrameSink {
    private static final byte[] PING = {':', ' ', 'p', 'i', 'n', 'g', '\n'};

    private final SseEventSink sink;

    SseSink(SseEventSink sink) {
        this.sink = sink;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        Frame frame = new Frame(Arrays.copyOf(bytes, bytes.length - 1));
        if (sink.send(frame).toCompletableFuture().isCompletedExceptionally() || !frame.written()) {
            throw new IOException("the client has left");
        }
    }

    @Override
    public byte[] ping() {
        return PING;
    }

    @Override
    public void fail(byte[] error) throws IOException {
        write(error);
    }

    @Override
    public void close() {
        sink.close();
    }
}
