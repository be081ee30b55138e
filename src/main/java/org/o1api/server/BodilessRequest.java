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

/** A request whose body has been read, or is not read at all: nothing that is asked of it reads from the connection. */
final class BodilessRequest extends HttpServletRequestWrapper {
    private final @Nullable AsyncContext async;
    private boolean asyncStarted;

    /**
     * The same request, with an empty body.
     *
     * @param async if the request is asynchronous already: what it is given when it asks to become so
     */
    BodilessRequest(HttpServletRequest request, @Nullable AsyncContext async) {
        super(request);
        this.async = async;
    }

    /** Whether somebody has made the request asynchronous, and completes it. */
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
