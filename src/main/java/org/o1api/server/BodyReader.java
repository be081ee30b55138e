package org.o1api.server;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.o1api.llm.ErrorCode;
import org.o1api.llm.GatewayException;

/**
 * Reads a request's body as it arrives, without a thread that waits for it. A body that fails is discarded from then on, so that
 * the client can read the error: it ends by itself, or its connection is closed when more arrives after {@value
 * #DISCARD_SECONDS} seconds. A silent connection is closed by the container.
 */
final class BodyReader implements ReadListener {
    private static final int DISCARD_SECONDS = 2;
    private static final int MAX_DISCARDED_BYTES = 2 << 20;
    private static final int CHUNK_BYTES = 16 << 10;

    private final AsyncContext async;
    private final ServletInputStream in;
    private final ReentrantLock lock = new ReentrantLock();
    private final byte[] buffer = new byte[CHUNK_BYTES];
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

    private BodyReader(AsyncContext async, ServletInputStream in) {
        this.async = async;
        this.in = in;
    }

    /** Whether a request announces a body. */
    static boolean hasBody(HttpServletRequest request) {
        return request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null;
    }

    /**
     * Prepares to read a body for a target.
     *
     * @param async of the request; completed here only if the body fails
     * @param limit bytes of the body
     */
    static BodyReader of(HttpServletRequest request, AsyncContext async, int limit, Target target) throws IOException {
        BodyReader reader = new BodyReader(async, request.getInputStream());
        reader.target = target;
        reader.limit = limit;
        reader.chunks = new ArrayList<>();
        return reader;
    }

    /** Starts to read. */
    void start() {
        in.setReadListener(this);
    }

    /** Discards the body of a request that is answered already; the request is completed then. */
    static void discard(HttpServletRequest request) throws IOException {
        AsyncContext async = request.startAsync();
        async.setTimeout(0);
        BodyReader reader = new BodyReader(async, request.getInputStream());
        reader.discardSinceNanos = System.nanoTime();
        reader.start();
    }

    /** Throws only what closes the connection: after an {@code Error} Tomcat would leave it open, and the request running. */
    @Override
    public void onDataAvailable() throws IOException {
        try {
            readAvailable();
        } catch (GatewayException e) {
            fail(() -> target().fail(e));
        } catch (RuntimeException | Error e) {
            fail(() -> target().fail(e));
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
                if (discarded > MAX_DISCARDED_BYTES
                        || System.nanoTime() - discardSinceNanos > DISCARD_SECONDS * 1_000_000_000L) {
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
        fail(() -> target().fail(failure));
    }

    private void fail(Runnable report) {
        lock.lock();
        try {
            if (chunks == null) {
                return;
            }
            chunks = null;
            discardSinceNanos = System.nanoTime();
        } finally {
            lock.unlock();
        }
        report.run();
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
