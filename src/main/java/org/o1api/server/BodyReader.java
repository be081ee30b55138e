package org.o1api.server;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;

/**
 * Reads the body of a request with non-blocking I/O, so that no thread waits for it. After a failure the rest of the
 * body is read and discarded, so that the client can receive the error response. The connection is closed if the rest
 * is too large or takes too long; the container closes idle connections. Reading and discarding share one state, so they are in one class.
 */
final class BodyReader implements ReadListener {
    private static final Duration UNAUTHENTICATED_DISCARD_TIME = Duration.ofSeconds(2);
    private static final int UNAUTHENTICATED_DISCARD_BYTES = 2 << 20;
    private static final int INITIAL_CAPACITY = 8 << 10;

    /** Shared by all requests; its content is never used. */
    private static final byte[] DISCARD_BUFFER = new byte[INITIAL_CAPACITY];

    private final OpenBodies openBodies;
    private final AsyncContext async;
    private final ServletInputStream in;
    private final boolean isChunked;
    private final ReentrantLock lock = new ReentrantLock();
    private final int maxDiscardedBytes;
    private final Duration maxDiscardTime;
    private @Nullable Target target;
    private int limit;

    /** The bytes received so far, with free space at the end; null once reading has ended. */
    private byte @Nullable [] body;

    private int size;
    /** Whether the body was passed to the target, which then completes the request. */
    private boolean handedOver;

    private volatile boolean ended;
    private long discardSinceNanos;
    private long discarded;

    /** Receives the body or the failure, exactly once. */
    interface Target {
        /** Called before more memory is allocated for the body. A {@link GatewayException} rejects the body. */
        void reserve(int bytes);

        /** The body is complete. */
        void complete(byte[] body);

        /** The body was rejected. Writes the error response, but does not complete the request. Must not throw. */
        void fail(GatewayException failure);

        /**
         * Same as {@link #fail(GatewayException)} for an unexpected failure, which may be an {@code Error}. Must not
         * throw.
         */
        void fail(Throwable failure);
    }

    private BodyReader(
            HttpServletRequest request,
            OpenBodies openBodies,
            AsyncContext async,
            int maxDiscardedBytes,
            Duration maxDiscardTime)
            throws IOException {
        this.openBodies = openBodies;
        this.async = async;
        this.in = request.getInputStream();
        this.isChunked = request.getContentLengthLong() < 0;
        this.maxDiscardedBytes = maxDiscardedBytes;
        this.maxDiscardTime = maxDiscardTime;
    }

    /** Whether a request has a body. */
    static boolean hasBody(HttpServletRequest request) {
        return request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null;
    }

    /**
     * Creates a reader.
     *
     * @param async the asynchronous context of the request, completed by the reader only if the body fails
     * @param settings limits of the body; the rest of a failed body is discarded up to the same limits
     */
    static BodyReader of(
            HttpServletRequest request, OpenBodies openBodies, AsyncContext async, BodySettings settings, Target target)
            throws IOException {
        BodyReader reader = new BodyReader(request, openBodies, async, settings.maxBytes(), settings.timeout());
        reader.target = target;
        reader.limit = reader.isChunked ? settings.maxBytes() : (int) request.getContentLengthLong();
        reader.body = new byte[0];
        return reader;
    }

    /** Starts reading. */
    void start() {
        openBodies.add(this);
        if (!ended) {
            in.setReadListener(this);
        }
    }

    /**
     * Discards the body of an unauthenticated request, for a short time. The response has been written; the reader
     * completes the request.
     */
    static void discard(HttpServletRequest request, OpenBodies openBodies) throws IOException {
        discard(request, openBodies, UNAUTHENTICATED_DISCARD_BYTES, UNAUTHENTICATED_DISCARD_TIME);
    }

    /**
     * Discards the body of an authenticated request. The response has been written; the reader completes the request.
     */
    static void discard(HttpServletRequest request, OpenBodies openBodies, BodySettings settings) throws IOException {
        discard(request, openBodies, settings.maxBytes(), settings.timeout());
    }

    private static void discard(HttpServletRequest request, OpenBodies openBodies, int bytes, Duration time)
            throws IOException {
        AsyncContext async = request.startAsync();
        async.setTimeout(0);
        BodyReader reader = new BodyReader(request, openBodies, async, bytes, time);
        reader.discardSinceNanos = System.nanoTime();
        reader.start();
    }

    /**
     * Only throws exceptions that close the connection: after an {@code Error} Tomcat would keep the connection open
     * and the request running.
     */
    @Override
    public void onDataAvailable() throws IOException {
        while (true) { // also after a failure: a container calls this method again only after isReady() was false
            try {
                readAvailable();
                return;
            } catch (GatewayException e) {
                failOrClose(() -> target().fail(e));
            } catch (RuntimeException | Error e) {
                failOrClose(() -> target().fail(e));
            }
        }
    }

    private void failOrClose(Runnable report) throws IOException {
        if (!fail(report)) {
            throw new DiscardedException();
        }
    }

    private void readAvailable() throws IOException {
        while (in.isReady()) {
            lock.lock();
            try {
                if (!(body == null ? discard() : read())) {
                    return; // onAllDataRead() follows
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** Returns false at the end of the body. */
    private boolean discard() throws IOException {
        int read = in.read(DISCARD_BUFFER);
        discarded += Math.max(read, 0);
        if (discarded > maxDiscardedBytes || System.nanoTime() - discardSinceNanos > maxDiscardTime.toNanos()) {
            throw new DiscardedException();
        }
        return read >= 0;
    }

    /** Returns false at the end of the body. */
    private boolean read() throws IOException {
        byte[] buffer = ensureCapacity();
        if (size == buffer.length) { // the limit is reached: only the end of the body may follow
            if (in.read() < 0) {
                return false;
            }
            throw tooLarge(limit);
        }
        int read = in.read(buffer, size, buffer.length - size);
        size += Math.max(read, 0);
        return read >= 0;
    }

    /** Returns the buffer, enlarged if it was full and below its limit. */
    private byte[] ensureCapacity() {
        byte[] current = Objects.requireNonNull(body);
        if (size < current.length || current.length == limit) {
            return current;
        }
        int length = (int) Math.min(limit, Math.max(INITIAL_CAPACITY, 2L * current.length));
        target().reserve(length - current.length);
        byte[] grown = Arrays.copyOf(current, length);
        body = grown;
        return grown;
    }

    @Override
    public void onAllDataRead() {
        byte @Nullable [] complete;
        lock.lock(); // waits for a failure that is being reported
        try {
            complete = body;
            body = null;
            handedOver = complete != null;
        } finally {
            lock.unlock();
        }
        if (complete == null) {
            completeRequest();
            return;
        }
        try {
            complete = size == complete.length ? complete : Arrays.copyOf(complete, size);
        } catch (RuntimeException | Error e) {
            target().fail(e);
            completeRequest();
            return;
        }
        openBodies.remove(this);
        target().complete(complete);
    }

    /**
     * Fails the request because the gateway is stopping. A chunked request is not completed: Tomcat would read the rest
     * of its body in a loop.
     */
    void stop() {
        fail(new BodyException(
                ErrorCode.SHUTTING_DOWN, "The gateway is stopping. Retry shortly, or use another instance."));
        if (!isChunked) {
            completeUnlessHandedOver();
        }
    }

    private void completeUnlessHandedOver() {
        boolean completeNow;
        lock.lock();
        try {
            completeNow = !handedOver;
        } finally {
            lock.unlock();
        }
        if (completeNow) {
            completeRequest();
        }
    }

    private void completeRequest() {
        ended = true;
        openBodies.remove(this);
        async.complete();
    }

    @Override
    public void onError(Throwable failure) {
        fail(new BodyException(ErrorCode.INVALID_REQUEST, "The request body ended before it was complete."));
        completeUnlessHandedOver();
    }

    /** Ends reading with a failure, unless it has ended already. */
    void fail(GatewayException failure) {
        boolean unused = fail(() -> target().fail(failure));
    }

    /** Returns false if reading had ended before. */
    private boolean fail(Runnable report) {
        lock.lock();
        try {
            if (body == null) {
                return false;
            }
            body = null;
            discardSinceNanos = System.nanoTime();
            report.run();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private Target target() {
        Target current = target;
        if (current == null) {
            throw new IllegalStateException("a body that is discarded has no target");
        }
        return current;
    }

    static BodyException tooLarge(int limit) {
        return new BodyException(
                ErrorCode.REQUEST_TOO_LARGE,
                "The request body is larger than " + limit + " bytes, the limit of this gateway (limits.body).");
    }

    /** Makes the container close the connection of a client that sends more, or for longer, than is discarded. */
    private static final class DiscardedException extends IOException {
        private static final long serialVersionUID = 1;

        DiscardedException() {
            super("the request was answered before its body was complete");
        }

        /** Containers may log this exception; its stack trace has no information. */
        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }
}
