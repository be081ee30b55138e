package org.o1api.server;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A filter that makes a response safe to use after its client has left.
 *
 * <p>After an I/O error Tomcat ends the asynchronous cycle and hands request, response and AsyncContext to another
 * connection, while the application's thread may still write to them: a client that aborts would cut or garble somebody
 * else's stream. Here one lock a request excludes the application from the container's end of the cycle; once that has come,
 * a write fails, and all else does nothing.
 */
public final class ResponseGuard implements Filter {
    /** The request's attribute that has its response cut instead of completed: the client sees that it is not whole. */
    public static final String ABORT = "org.o1api.cut";

    private static final String TOMCAT_PREFIX = "org.apache.catalina.";

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        RequestCycle cycle = new RequestCycle();
        GuardedRequest guarded = new GuardedRequest((HttpServletRequest) request, cycle);
        try {
            chain.doFilter(guarded, new GuardedResponse((HttpServletResponse) response, cycle));
        } finally {
            if (!guarded.startedAsync) {
                cycle.end();
            }
        }
    }

    private static final class GuardedRequest extends HttpServletRequestWrapper {
        private final RequestCycle cycle;
        private volatile boolean startedAsync;
        private @Nullable AsyncContext context;

        GuardedRequest(HttpServletRequest request, RequestCycle cycle) {
            super(request);
            this.cycle = cycle;
        }

        @Override
        public AsyncContext startAsync() {
            return guard(super.startAsync());
        }

        @Override
        public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
            return guard(super.startAsync(request, response));
        }

        private AsyncContext guard(AsyncContext started) {
            startedAsync = true;
            started.addListener(new CycleEndListener(cycle));
            AsyncContext guarded = new GuardedAsyncContext(started, cycle);
            context = guarded;
            return guarded;
        }

        @Override
        public AsyncContext getAsyncContext() {
            AsyncContext started = context;
            return started != null ? started : super.getAsyncContext();
        }

        @Override
        public @Nullable Object getAttribute(String name) {
            // Tomcat looks there for how it dispatches, after the application's part has ended.
            return cycle.isAborted() && name.startsWith(TOMCAT_PREFIX)
                    ? super.getAttribute(name)
                    : cycle.getOrNull(() -> super.getAttribute(name));
        }

        @Override
        public void setAttribute(String name, @Nullable Object value) {
            if (name.equals(ABORT)) {
                cycle.abort();
            } else {
                cycle.run(() -> super.setAttribute(name, value));
            }
        }

        @Override
        public void removeAttribute(String name) {
            cycle.run(() -> super.removeAttribute(name));
        }
    }

    /** The container's word that the cycle is over. */
    private record CycleEndListener(RequestCycle cycle) implements AsyncListener {
        @Override
        public void onComplete(AsyncEvent event) {
            cycle.end();
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            cycle.end();
        }

        @Override
        public void onError(AsyncEvent event) {
            cycle.end();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            event.getAsyncContext().addListener(this);
        }
    }

    private record GuardedAsyncContext(AsyncContext context, RequestCycle cycle) implements AsyncContext {
        @Override
        public void complete() {
            cycle.run(() -> {
                cycle.end();
                if (!cycle.isAborted() || !abort()) {
                    context.complete();
                }
            });
        }

        /** Whether the container will cut the connection; a Tomcat that stops knows the application's paths no more. */
        private boolean abort() {
            try {
                context.dispatch(ErrorServlet.PATH);
                return true;
            } catch (RuntimeException e) {
                return false;
            }
        }

        @Override
        public void dispatch() {
            cycle.run(context::dispatch);
        }

        @Override
        public void dispatch(String path) {
            cycle.run(() -> context.dispatch(path));
        }

        @Override
        public void dispatch(jakarta.servlet.ServletContext servletContext, String path) {
            cycle.run(() -> context.dispatch(servletContext, path));
        }

        @Override
        public void start(Runnable task) {
            cycle.run(() -> context.start(task));
        }

        @Override
        public void setTimeout(long millis) {
            cycle.run(() -> context.setTimeout(millis));
        }

        @Override
        public long getTimeout() {
            return cycle.getOrDefault(context::getTimeout, 0L);
        }

        @Override
        public ServletRequest getRequest() {
            return context.getRequest();
        }

        @Override
        public ServletResponse getResponse() {
            return context.getResponse();
        }

        @Override
        public boolean hasOriginalRequestAndResponse() {
            return false;
        }

        @Override
        public void addListener(AsyncListener listener) {
            cycle.run(() -> context.addListener(listener));
        }

        @Override
        public void addListener(AsyncListener listener, ServletRequest request, ServletResponse response) {
            cycle.run(() -> context.addListener(listener, request, response));
        }

        @Override
        public <T extends AsyncListener> T createListener(Class<T> type) throws ServletException {
            return context.createListener(type);
        }
    }
}
