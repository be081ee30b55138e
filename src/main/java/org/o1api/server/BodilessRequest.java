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
import java.io.Reader;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request with an empty body: the real body was read before, or is never read. No method reads from the connection.
 */
final class BodilessRequest extends HttpServletRequestWrapper {
    private final @Nullable AsyncContext async;
    private boolean asyncStarted;

    /**
     * Wraps a request.
     *
     * @param async what {@code startAsync} returns if the request is already asynchronous; null: {@code startAsync}
     *     fails
     */
    BodilessRequest(HttpServletRequest request, @Nullable AsyncContext async) {
        super(request);
        this.async = async;
    }

    /** Whether {@code startAsync} was called. Whoever called it also completes the request. */
    boolean hasStartedAsync() {
        return asyncStarted;
    }

    @Override
    public AsyncContext startAsync() {
        return startAsync(getRequest(), null);
    }

    @Override
    public AsyncContext startAsync(ServletRequest request, @Nullable ServletResponse response) {
        if (async == null) {
            throw new IllegalStateException("this request must be answered on the container's thread");
        }
        asyncStarted = true;
        return async;
    }

    @Override
    public boolean isAsyncSupported() {
        return async != null;
    }

    /** Not whether the real request is asynchronous: otherwise Jersey would not call {@code startAsync}. */
    @Override
    public boolean isAsyncStarted() {
        return asyncStarted;
    }

    @Override
    public AsyncContext getAsyncContext() {
        if (async == null || !asyncStarted) {
            throw new IllegalStateException("startAsync was not called");
        }
        return async;
    }

    @Override
    public ServletInputStream getInputStream() {
        return new EmptyInputStream();
    }

    @Override
    public BufferedReader getReader() {
        return new BufferedReader(Reader.nullReader());
    }

    @Override
    public int getContentLength() {
        return 0;
    }

    @Override
    public long getContentLengthLong() {
        return 0;
    }

    // Containers read the body of a form to find its parameters, so these methods must not be delegated.

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

    private static final class EmptyInputStream extends ServletInputStream {
        @Override
        public int read() {
            return -1;
        }

        @Override
        public boolean isFinished() {
            return true;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new IllegalStateException("this request has no body");
        }
    }
}
