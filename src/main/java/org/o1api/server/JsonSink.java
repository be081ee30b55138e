package org.o1api.server;

import jakarta.ws.rs.container.AsyncResponse;
import java.io.IOException;
import org.glassfish.jersey.server.ChunkedOutput;

/** A JSON text: a ping is white space, and a response that has begun fails by ending before its JSON is complete. */
final class JsonSink implements FrameSink {
    private static final byte[] PING = {' '};

    private final AsyncResponse response;
    private final Runnable cut;
    private final ChunkedOutput<Frame> output = new ChunkedOutput<>(Frame.class);
    private boolean begun;

    /** Answers by this response; {@code cut} has the connection cut when the response is closed. */
    JsonSink(AsyncResponse response, Runnable cut) {
        this.response = response;
        this.cut = cut;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        if (!begun) {
            begun = true;
            response.resume(output);
        }
        Frame frame = new Frame(bytes);
        output.write(frame);
        if (!frame.isWritten()) {
            throw new IOException("the client has disconnected");
        }
    }

    /** An ordinary response: with a length if it is short, and without chunks for HTTP/1.0. */
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
        cut.run();
    }

    @Override
    public void close() {
        if (!begun) {
            return;
        }
        try {
            output.close();
        } catch (IOException e) {
            // the client has left
        }
    }
}
