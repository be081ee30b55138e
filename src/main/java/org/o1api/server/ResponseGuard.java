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
 * Makes a response safe to use after its client has disconnected.
 *
 * <p>After an I/O error Tomcat ends the asynchronous cycle and reuses the request, response and AsyncContext objects
 * for another connection, while the application's thread may still write to them: a client that disconnects would abort
 * or corrupt the stream of another client. A lock per request prevents the container from ending the cycle while the
 * application uses the objects. After the end of the cycle, writes fail and all other methods do nothing.
 */
public final class ResponseGuard implements Filter {
    private static final String TOMCAT_PREFIX = "org.apache.catalina.";

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        RequestCycle cycle = new RequestCycle();
        request.setAttribute(AbortableResponse.ATTRIBUTE, new AbortableResponse(cycle));
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
            // Tomcat reads its dispatch attributes after the application has completed the request.
            return cycle.isAborted() && name.startsWith(TOMCAT_PREFIX)
                    ? super.getAttribute(name)
                    : cycle.getOrNull(() -> super.getAttribute(name));
        }

        @Override
        public void setAttribute(String name, @Nullable Object value) {
            cycle.run(() -> super.setAttribute(name, value));
        }

        @Override
        public void removeAttribute(String name) {
            cycle.run(() -> super.removeAttribute(name));
        }
    }

    /** Ends the cycle when the container ends the asynchronous request. */
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

        /**
         * Makes the container close the connection, see {@link AbortableResponse}. Returns false if that fails: while Tomcat is stopping, the
         * application's paths no longer exist.
         */
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
