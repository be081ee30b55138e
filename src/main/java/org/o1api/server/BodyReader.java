package org.o1api.server;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.o1api.llm.ErrorCode;
import org.o1api.llm.GatewayException;

/**
 * Reads a request's body as it arrives, without a thread that waits for it. A body that fails is discarded from then on, so that
 * the client can read the error: it ends by itself, or its connection is closed when more arrives than is discarded. A silent
 * connection is closed by the container.
 */
final class BodyReader implements ReadListener {
    private static final Duration STRANGERS_DISCARD_TIME = Duration.ofSeconds(2);
    private static final int STRANGERS_DISCARD_BYTES = 2 << 20;
    private static final int CHUNK_BYTES = 16 << 10;

    private final AsyncContext async;
    private final ServletInputStream in;
    private final ReentrantLock lock = new ReentrantLock();
    private final byte[] buffer = new byte[CHUNK_BYTES];
    private final int discardBytes;
    private final Duration discardTime;
    private @Nullable Target target;
    private int limit;
    private @Nullable List<byte[]> chunks;
    private int size;
    private long discardSinceNanos;
    private long discarded;

    /** Receives the body or the failure, once. */
    interface Target {
        /** Called for bytes that have arrived, before they are kept. A {@link GatewayException} ends the reading. */
        void accept(int bytes);

        /** The body is complete. */
        void complete(byte[] body);

        /** The body failed: the response is to be written, and not to be completed. Must not throw. */
        void fail(GatewayException failure);

        /** The same for an unexpected failure, perhaps an {@code Error}. Must not throw. */
        void fail(Throwable failure);
    }

    private BodyReader(AsyncContext async, ServletInputStream in, int discardBytes, Duration discardTime) {
        this.async = async;
        this.in = in;
        this.discardBytes = discardBytes;
        this.discardTime = discardTime;
    }

    /** Whether a request announces a body. */
    static boolean hasBody(HttpServletRequest request) {
        return request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null;
    }

    /**
     * Prepares to read a body for a target.
     *
     * @param async of the request; completed here only if the body fails
     * @param settings the limits of the body; a body that fails is discarded up to the same limits
     */
    static BodyReader of(HttpServletRequest request, AsyncContext async, BodySettings settings, Target target)
            throws IOException {
        BodyReader reader = new BodyReader(async, request.getInputStream(), settings.bytes(), settings.time());
        reader.target = target;
        reader.limit = settings.bytes();
        reader.chunks = new ArrayList<>();
        return reader;
    }

    /** Starts to read. */
    void start() {
        in.setReadListener(this);
    }

    /** Discards the body of somebody without a key, for a short time. The request is answered, and completed here. */
    static void discard(HttpServletRequest request) throws IOException {
        discard(request, STRANGERS_DISCARD_BYTES, STRANGERS_DISCARD_TIME);
    }

    /** Discards a caller's body. The request is answered, and completed here. */
    static void discard(HttpServletRequest request, BodySettings settings) throws IOException {
        discard(request, settings.bytes(), settings.time());
    }

    private static void discard(HttpServletRequest request, int bytes, Duration time) throws IOException {
        AsyncContext async = request.startAsync();
        async.setTimeout(0);
        BodyReader reader = new BodyReader(async, request.getInputStream(), bytes, time);
        reader.discardSinceNanos = System.nanoTime();
        reader.start();
    }

    /** Throws only what closes the connection: after an {@code Error} Tomcat would leave it open, and the request running. */
    @Override
    public void onDataAvailable() throws IOException {
        while (true) { // after a failure too: a container calls again only if nothing was ready
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
            int read = in.read(buffer);
            if (read < 0) {
                return; // onAllDataRead() follows
            }
            keep(read);
        }
    }

    private void keep(int read) throws IOException {
        lock.lock();
        try {
            if (chunks == null) {
                discarded += read;
                if (discarded > discardBytes || System.nanoTime() - discardSinceNanos > discardTime.toNanos()) {
                    throw new DiscardedException();
                }
                return;
            }
            if (read > limit - size) {
                throw tooLarge(limit);
            }
            target().accept(read);
            byte[] chunk = new byte[read];
            System.arraycopy(buffer, 0, chunk, 0, read);
            chunks.add(chunk);
            size += read;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onAllDataRead() {
        @Nullable List<byte[]> all;
        lock.lock();
        try {
            all = chunks;
            chunks = null;
        } finally {
            lock.unlock();
        }
        if (all == null) {
            async.complete();
            return;
        }
        byte[] body;
        try {
            body = joined(all);
        } catch (RuntimeException | Error e) {
            target().fail(e);
            async.complete();
            return;
        }
        target().complete(body);
    }

    @Override
    public void onError(Throwable failure) {
        fail(new BodyException(ErrorCode.INVALID_REQUEST, "The request body ended before it was complete."));
        async.complete();
    }

    /** Ends the reading with a failure, unless it has ended. */
    void fail(GatewayException failure) {
        boolean unused = fail(() -> target().fail(failure));
    }

    /** Returns whether the reading had not ended before. */
    private boolean fail(Runnable report) {
        lock.lock();
        try {
            if (chunks == null) {
                return false;
            }
            chunks = null;
            discardSinceNanos = System.nanoTime();
        } finally {
            lock.unlock();
        }
        report.run();
        return true;
    }

    private Target target() {
        Target present = target;
        if (present == null) {
            throw new IllegalStateException("a body that is discarded has no target");
        }
        return present;
    }

    private byte[] joined(List<byte[]> all) {
        if (all.size() == 1) {
            return all.get(0);
        }
        byte[] body = new byte[size];
        int offset = 0;
        for (byte[] chunk : all) {
            System.arraycopy(chunk, 0, body, offset, chunk.length);
            offset += chunk.length;
        }
        return body;
    }

    static BodyException tooLarge(int limit) {
        return new BodyException(
                ErrorCode.REQUEST_TOO_LARGE,
                "The request body is larger than " + limit + " bytes, the most that this gateway takes (limits.body).");
    }

    /** Makes the container close the connection of a client that keeps on sending. */
    private static final class DiscardedException extends IOException {
        private static final long serialVersionUID = 1;

        DiscardedException() {
            super("the request was answered before its body was complete");
        }

        /** Containers may log it, and where it comes from says nothing. */
        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }
}
