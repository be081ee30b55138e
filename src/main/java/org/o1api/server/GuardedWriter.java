package org.o1api.server;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;

/** A writer whose failures reach the {@link PrintWriter} around it, which reports them by {@code checkError}. */
final class GuardedWriter extends Writer {
    private final PrintWriter out;
    private final RequestCycle cycle;

    GuardedWriter(PrintWriter out, RequestCycle cycle) {
        this.out = out;
        this.cycle = cycle;
    }

    @Override
    public void write(char[] text, int from, int length) throws IOException {
        cycle.write(() -> out.write(text, from, length));
    }

    @Override
    public void flush() throws IOException {
        cycle.flush(() -> {
            if (out.checkError()) { // flushes, too
                throw new IOException("the client has disconnected");
            }
        });
    }

    @Override
    public void close() throws IOException {
        if (!cycle.isAborted()) { // as for the stream
            cycle.flush(out::close);
        }
    }
}
