package org.o1api.server;

import jakarta.ws.rs.container.AsyncResponse;
import java.io.IOException;
import org.glassfish.jersey.server.ChunkedOutput;

/**
 * Writes one JSON text. A heartbeat is white space; a response that was started fails by ending before the JSON is
 * complete.
 */
final class JsonSink implements FrameSink {
    private static final byte[] PING = {' '};

    private final AsyncResponse response;
    private final AbortableResponse abortable;
    private final ChunkedOutput<Frame> output = new ChunkedOutput<>(Frame.class);
    private boolean started;

    /** Creates a sink of a response, given as Jersey's and as the container's. */
    JsonSink(AsyncResponse response, AbortableResponse abortable) {
        this.response = response;
        this.abortable = abortable;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        if (!started) {
            started = true;
            response.resume(output);
        }
        Frame frame = new Frame(bytes);
        output.write(frame);
        if (!frame.isWritten()) {
            throw new IOException("the client has disconnected");
        }
    }

    /** Writes an ordinary response: with a {@code Content-Length} if it is short, and without chunks for HTTP/1.0. */
    @Override
    public void writeWhole(byte[] bytes) {
        response.resume(bytes);
    }

    @Override
    public byte[] ping() {
        return PING;
    }

    @Override
    public void fail(byte[] error) {
        abortable.abort();
    }

    @Override
    public void close() {
        if (!started) {
            return;
        }
        try {
            output.close();
        } catch (IOException e) {
            // the client has disconnected
        }
    }
}
