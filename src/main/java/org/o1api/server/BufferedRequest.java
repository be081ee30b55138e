package org.o1api.server;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.Part;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request whose body is in memory. Nothing that it is asked for reads from the connection. */
final class BufferedRequest extends HttpServletRequestWrapper {
    private final byte[] body;
    private final @Nullable AsyncContext async;
    private boolean asyncTaken;

    /**
     * A request with this body instead of its own.
     *
     * @param async if the request is asynchronous already: what it is given when it asks to become so
     */
    BufferedRequest(HttpServletRequest request, byte[] body, @Nullable AsyncContext async) {
        super(request);
        this.body = body;
        this.async = async;
    }

    /** Whether somebody has made the request asynchronous, and completes it. */
    boolean isAsyncTaken() {
        return asyncTaken;
    }

    @Override
    public AsyncContext startAsync() {
        return startAsync(getRequest(), null);
    }

    @Override
    public AsyncContext startAsync(ServletRequest request, @Nullable ServletResponse response) {
        if (async == null) {
            throw new IllegalStateException("the request is answered on the container's thread");
        }
        asyncTaken = true;
        return async;
    }

    @Override
    public boolean isAsyncSupported() {
        return async != null;
    }

    @Override
    public ServletInputStream getInputStream() {
        return new BufferedStream(new ByteArrayInputStream(body));
    }

    @Override
    public BufferedReader getReader() {
        throw new UnsupportedOperationException("the body is bytes");
    }

    @Override
    public int getContentLength() {
        return body.length;
    }

    @Override
    public long getContentLengthLong() {
        return body.length;
    }

    // Containers read the body of a form to find its parameters.

    @Override
    public @Nullable String getParameter(String name) {
        return null;
    }

    @Override
    public Map<String, String[]> getParameterMap() {
        return Map.of();
    }

    @Override
    public Enumeration<String> getParameterNames() {
        return Collections.emptyEnumeration();
    }

    @Override
    public String @Nullable [] getParameterValues(String name) {
        return null;
    }

    @Override
    public Collection<Part> getParts() {
        return List.of();
    }

    @Override
    public @Nullable Part getPart(String name) {
        return null;
    }

    private static final class BufferedStream extends ServletInputStream {
        private final ByteArrayInputStream bytes;

        BufferedStream(ByteArrayInputStream bytes) {
            this.bytes = bytes;
        }

        @Override
        public int read() {
            return bytes.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            return bytes.read(target, offset, length);
        }

        @Override
        public int available() {
            return bytes.available();
        }

        @Override
        public boolean isFinished() {
            return bytes.available() == 0;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new IllegalStateException("the body is in memory already");
        }
    }
}
