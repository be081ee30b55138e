package org.o1api.server;

import jakarta.ws.rs.sse.SseEventSink;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/** Writes server-sent events. A heartbeat is a comment, a failure an event. */
final class SseSink implements FrameSink {
    private static final byte[] PING = {':', ' ', 'p', 'i', 'n', 'g', '\n'};

    private final SseEventSink sink;

    SseSink(SseEventSink sink) {
        this.sink = sink;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        Frame frame = new Frame(Arrays.copyOf(bytes, bytes.length - 1));
        CompletableFuture<?> sent = sink.send(frame).toCompletableFuture();
        if (sent.isCompletedExceptionally()) {
            Throwable failure = sent.handle((result, thrown) -> thrown).join();
            if (failure instanceof Error error) {
                throw error; // an error in the gateway, not a disconnect
            }
        }
        if (sent.isCompletedExceptionally() || !frame.isWritten()) {
            throw new IOException("the client has disconnected");
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
