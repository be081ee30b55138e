package org.o1api.server;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;

/** A stream that fails after the end of its request cycle. */
final class GuardedStream extends ServletOutputStream {
    /** In place of the container's stream, if the cycle ends before anything is written. It is never reached. */
    static final ServletOutputStream CLOSED = new ServletOutputStream() {
        @Override
        public void write(int b) throws IOException {
            throw new IOException("the request has ended");
        }

        @Override
        public boolean isReady() {
            return false;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            // there is nothing to write
        }
    };

    private final ServletOutputStream out;
    private final RequestCycle cycle;

    GuardedStream(ServletOutputStream out, RequestCycle cycle) {
        this.out = out;
        this.cycle = cycle;
    }

    @Override
    public void write(int b) throws IOException {
        cycle.write(() -> out.write(b));
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        cycle.write(() -> out.write(bytes, from, length));
    }

    @Override
    public void flush() throws IOException {
        cycle.flush(out::flush);
    }

    @Override
    public void close() throws IOException {
        if (!cycle.isAborted()) { // closing the stream would complete the response
            cycle.flush(out::close);
        }
    }

    @Override
    public boolean isReady() {
        return cycle.getOrDefault(out::isReady, false);
    }

    @Override
    public void setWriteListener(WriteListener listener) {
        cycle.run(() -> out.setWriteListener(listener));
    }
}
