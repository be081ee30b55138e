package org.o1api.server;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.servlet.ServletContainer;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Caller;
import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;
import org.o1api.model.UnexpectedException;

/**
 * Jersey's servlet, called once the body has been read. An authenticated request leaves the container's thread
 * immediately: its body is read with non-blocking I/O, then it runs on a thread of the executor. Public requests run on
 * the container's thread without a body, so they are answered even if all threads of the executor are busy.
 */
public final class GatewayServlet extends ServletContainer {
    private static final long serialVersionUID = 1;
    private static final byte[] NO_BODY = {};
    private static final Set<String> ACCEPTED_CHARSETS = Set.of("utf-8", "utf8", "us-ascii");

    private final transient BodySettings settings;
    private final transient BodyMemory memory;
    private final transient Executor executor;
    private final transient ScheduledExecutorService scheduler;
    private final transient OpenBodies bodies;
    private final transient ErrorResponder errors;
    private final transient Runnable drain;

    /**
     * Creates the servlet.
     *
     * @param executor runs authenticated requests
     * @param scheduler enforces the timeout of bodies; not shut down here
     * @param drain waits for the requests in flight. Called when the servlet is destroyed, since containers destroy
     *     servlets before they notify the application's listeners
     */
    public GatewayServlet(
            ResourceConfig application,
            BodySettings settings,
            OpenBodies bodies,
            Executor executor,
            ScheduledExecutorService scheduler,
            ErrorResponder errors,
            Runnable drain) {
        super(application);
        this.settings = settings;
        this.memory = new BodyMemory(settings.maxTotalBytes(), settings.maxBytesPerCaller());
        this.executor = executor;
        this.scheduler = scheduler;
        this.bodies = bodies;
        this.errors = errors;
        this.drain = drain;
    }

    @Override
    public void destroy() {
        drain.run();
        super.destroy();
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        Caller caller = (Caller) request.getAttribute(Caller.PROPERTY);
        if (caller == null) {
            serveWithoutBody(request, response);
            return;
        }
        BodyMemory.Share share = memory.share(caller);
        try {
            check(request);
            if (request.getContentLengthLong() > 0) {
                // reserve all of it: otherwise bodies that are received at the same time would all fail halfway
                share.add((int) request.getContentLengthLong());
            }
        } catch (GatewayException e) {
            errors.reject(request, response, e, settings);
            return;
        }
        try {
            AsyncContext async = request.startAsync(request, response);
            async.setTimeout(0);
            new AuthenticatedRequest(request, response, async, share).start();
        } catch (Throwable e) {
            share.close();
            throw e;
        }
    }

    private void check(HttpServletRequest request) {
        requireUncompressed(request);
        requireUtf8(request);
        if (request.getContentLengthLong() > settings.maxBytes()) {
            throw BodyReader.tooLarge(settings.maxBytes());
        }
    }

    private void serveWithoutBody(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        boolean hasBody = BodyReader.hasBody(request);
        if (hasBody) {
            response.setHeader("Connection", "close");
        }
        super.service(new BodilessRequest(request, null), response);
        if (hasBody) {
            response.flushBuffer(); // the request stays open until its body has ended
            BodyReader.discard(request, bodies);
        }
    }

    /** Rejects compressed bodies: their size in memory is unknown until they are decompressed. */
    private static void requireUncompressed(HttpServletRequest request) {
        String encoding = request.getHeader("Content-Encoding");
        if (encoding != null && !encoding.isBlank() && !encoding.strip().equalsIgnoreCase("identity")) {
            throw new BodyException(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "Compressed request bodies are not supported. Send the body without the header Content-Encoding.");
        }
    }

    /** Rejects other encodings: all bodies are JSON, which is UTF-8. */
    private static void requireUtf8(HttpServletRequest request) {
        String charset = request.getCharacterEncoding();
        if (charset != null && !ACCEPTED_CHARSETS.contains(charset.toLowerCase(Locale.ROOT))) {
            throw new BodyException(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "The request body must be UTF-8: leave 'charset' out of the Content-Type, or set it to utf-8.");
        }
    }

    /** An authenticated request, from its headers to the end of its response. */
    private final class AuthenticatedRequest implements BodyReader.Target {
        private final HttpServletRequest request;
        private final HttpServletResponse response;
        private final AsyncContext async;
        private final BodyMemory.Share share;
        private volatile @Nullable Future<?> deadline;

        AuthenticatedRequest(
                HttpServletRequest request, HttpServletResponse response, AsyncContext async, BodyMemory.Share share) {
            this.request = request;
            this.response = response;
            this.async = async;
            this.share = share;
        }

        void start() {
            if (!BodyReader.hasBody(request)) {
                complete(NO_BODY);
                return;
            }
            try {
                read();
            } catch (IOException | RuntimeException | Error e) { // nothing else would complete the request
                end(UnexpectedException.of(e));
            }
        }

        private void read() throws IOException {
            BodyReader reader = BodyReader.of(request, bodies, async, settings, this);
            deadline =
                    scheduler.schedule(() -> expire(reader), settings.timeout().toNanos(), TimeUnit.NANOSECONDS);
            reader.start();
        }

        private void expire(BodyReader reader) {
            Runnable fail = () -> reader.fail(new BodyException(
                    ErrorCode.REQUEST_TIMEOUT,
                    "The request body was not complete within "
                            + settings.timeout().toMillis() / 1000.0 + " s (limits.body_time)."));
            try {
                executor.execute(fail); // on another thread, because it writes the response
            } catch (Throwable e) { // no thread is available
                fail.run();
            }
        }

        @Override
        public void reserve(int bytes) {
            if (request.getContentLengthLong() < 0) {
                share.add(bytes);
            }
        }

        @Override
        public void complete(byte[] body) {
            cancelDeadline();
            try {
                ReceivedBody received = new ReceivedBody(body, share::close);
                executor.execute(() -> run(received));
            } catch (RejectedExecutionException e) {
                end(new BodyException(
                        ErrorCode.OVERLOADED, "The gateway is at its limit of concurrent requests. Retry shortly."));
            } catch (Throwable e) { // a thread could not be created
                end(UnexpectedException.of(e));
            }
        }

        @Override
        public void fail(GatewayException failure) {
            cancelDeadline();
            response.setHeader("Connection", "close");
            try {
                errors.send(request, response, failure);
            } catch (IOException | RuntimeException | Error e) {
                // the client has disconnected, or there is not enough memory for an error response
            } finally {
                share.close();
            }
        }

        @Override
        public void fail(Throwable failure) {
            fail(UnexpectedException.of(failure));
        }

        private void cancelDeadline() {
            Future<?> scheduled = deadline;
            if (scheduled != null) {
                scheduled.cancel(false);
            }
        }

        private void run(ReceivedBody body) {
            try {
                request.setAttribute(ReceivedBody.ATTRIBUTE, body);
                BodilessRequest bodiless = new BodilessRequest(request, async);
                GatewayServlet.super.service(bodiless, response);
                if (!bodiless.hasStartedAsync()) {
                    body.release();
                    async.complete();
                }
            } catch (Throwable e) { // also an Error: only this request may fail
                end(UnexpectedException.of(e));
            } finally {
                body.release();
            }
        }

        /** Ends a request that Jersey does not answer. */
        private void end(GatewayException failure) {
            try {
                errors.send(request, response, failure);
            } catch (IOException | RuntimeException | Error e) {
                // the client has disconnected, or there is not enough memory for an error response
            } finally {
                share.close();
                async.complete();
            }
        }
    }
}
