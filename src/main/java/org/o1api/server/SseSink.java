package org.o1api.server;

import jakarta.ws.rs.sse.SseEventSink;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/**
 * Writes server-sent events through Jersey's event sink. A heartbeat is a comment or an event, a failure an event.
 *
 * <p>Two things about Jersey's sink are not in its contract. It writes a line break after each event that it is given, so the last one
 * of the bytes is left out here. And the stage that it returns is no proof that anything was written: it completes normally if
 * the write fails later. But it writes on the calling thread before it returns, so {@link Frame#isWritten} tells.
 */
final class SseSink implements FrameSink {
    private final SseEventSink sink;
    private final byte[] heartbeat;

    /**
     * Creates a sink.
     *
     * @param heartbeat complete lines that clients ignore
     */
    SseSink(SseEventSink sink, byte[] heartbeat) {
        this.sink = sink;
        this.heartbeat = heartbeat;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        Frame frame = new Frame(Arrays.copyOf(bytes, bytes.length - 1)); // without the line break that Jersey adds
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
        return heartbeat;
    }

    /** A comment: an event must not precede the opening event. */
    @Override
    public byte[] earlyPing() {
        return EventStream.comment();
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
