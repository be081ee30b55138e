package org.o1api.server;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A response that is safe to use at any time: after the end of its request cycle, writes fail and all other methods do
 * nothing.
 */
final class GuardedResponse extends HttpServletResponseWrapper {
    private final RequestCycle cycle;
    private @Nullable ServletOutputStream stream;

    GuardedResponse(HttpServletResponse response, RequestCycle cycle) {
        super(response);
        this.cycle = cycle;
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        ServletOutputStream guarded = stream;
        if (guarded == null) {
            guarded = new GuardedStream(super.getOutputStream(), cycle);
            stream = guarded;
        }
        return guarded;
    }

    @Override
    public boolean isCommitted() {
        return cycle.getOrDefault(super::isCommitted, true);
    }

    @Override
    public int getStatus() {
        return cycle.getOrDefault(super::getStatus, 0);
    }

    @Override
    public void setStatus(int status) {
        cycle.run(() -> super.setStatus(status));
    }

    @Override
    public void setHeader(String name, String value) {
        cycle.run(() -> super.setHeader(name, value));
    }

    @Override
    public void addHeader(String name, String value) {
        cycle.run(() -> super.addHeader(name, value));
    }

    @Override
    public @Nullable String getHeader(String name) {
        return cycle.getOrNull(() -> super.getHeader(name));
    }

    @Override
    public Collection<String> getHeaders(String name) {
        return cycle.getOrDefault(() -> super.getHeaders(name), List.of());
    }

    @Override
    public Collection<String> getHeaderNames() {
        return cycle.getOrDefault(super::getHeaderNames, List.of());
    }

    @Override
    public boolean containsHeader(String name) {
        return cycle.getOrDefault(() -> super.containsHeader(name), false);
    }

    @Override
    public void setContentType(String type) {
        cycle.run(() -> super.setContentType(type));
    }

    @Override
    public void setContentLength(int length) {
        cycle.run(() -> super.setContentLength(length));
    }

    @Override
    public void setContentLengthLong(long length) {
        cycle.run(() -> super.setContentLengthLong(length));
    }

    @Override
    public void setBufferSize(int size) {
        cycle.run(() -> super.setBufferSize(size));
    }

    @Override
    public void reset() {
        cycle.run(super::reset);
    }

    @Override
    public void resetBuffer() {
        cycle.run(super::resetBuffer);
    }

    @Override
    public void sendError(int status) throws IOException {
        cycle.write(() -> super.sendError(status));
    }

    @Override
    public void sendError(int status, String message) throws IOException {
        cycle.write(() -> super.sendError(status, message));
    }

    @Override
    public void flushBuffer() throws IOException {
        cycle.flush(super::flushBuffer);
    }

    private static final class GuardedStream extends ServletOutputStream {
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
}
