package org.o1api.server;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One response that is written while it comes to be: server-sent events, or JSON with white space before it. It begins with
 * its opening, is never silent for longer than the heartbeat once it has begun, and ends once. One lock orders the turn's
 * writes and the heartbeat's, and each write blocks until the container has taken it, so that a slow client slows its turn
 * down.
 */
public final class EventStream {
    private static final long PROBE_NANOS = 200_000_000;

    /**
     * The part of a heartbeat after which a ping is due. The rest is for the tick, which comes late: so no silence is longer than
     * a heartbeat, and a client's leaving, which only the second ping notices, is known within two.
     */
    private static final double DUE = 0.8;

    private final FrameSink sink;
    private final StreamSettings settings;
    private final byte[] opening;
    private final Runnable onLeft;
    private final Runnable onClosed;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicBoolean pinging = new AtomicBoolean();
    private final long createdNanos = System.nanoTime();
    private final long pingAfterNanos;
    private boolean opened;
    private boolean closed;
    private volatile boolean begun;
    private volatile boolean left;
    private volatile long lastWriteNanos = createdNanos;
    private volatile long writingSinceNanos;
    private long probedNanos = createdNanos;

    EventStream(FrameSink sink, StreamSettings settings, byte[] opening, Runnable onLeft, Runnable onClosed) {
        this.sink = sink;
        this.settings = settings;
        this.opening = opening;
        this.onLeft = onLeft;
        this.onClosed = onClosed;
        this.pingAfterNanos = (long) (settings.heartbeat().toNanos() * DUE);
    }

    /** The upstream has accepted the work: begins the response, when the settings want that shown. */
    public void accepted() {
        if (settings.statusFeedback()) {
            send(new byte[0]);
        }
    }

    /**
     * Writes events, behind the opening one when nothing was written before.
     *
     * @param events whole events, each ended by an empty line
     */
    public void send(byte[] events) {
        lock.lock();
        try {
            if (closed || left) {
                throw new ClientLeftException(null);
            }
            byte[] bytes = opened ? events : joined(opening, events);
            opened = true;
            if (bytes.length > 0) {
                write(bytes);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Looks whether the client is still there, a few times a second at most. A client that left is noticed at the second write
     * after that, so a probe behind the last words of a step keeps the next call from being made for nobody.
     */
    public void probe() {
        long now = System.nanoTime();
        if (begun && now - probedNanos >= PROBE_NANOS) {
            probedNanos = now;
            lock.lock();
            try {
                if (closed || left) {
                    throw new ClientLeftException(null);
                }
                write(sink.ping());
            } finally {
                lock.unlock();
            }
        }
    }

    /** Writes the last events and ends the response. */
    public void end(byte[] events) {
        lock.lock();
        try {
            send(events);
            close();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends a response that failed.
     *
     * @param error what ends a response that has begun
     * @return whether it has begun; when not, nothing was written, and the failure can still have a status of its own
     */
    public boolean fail(byte[] error) {
        lock.lock();
        try {
            if (begun) {
                if (!closed && !left) {
                    writingSinceNanos = System.nanoTime();
                    sink.fail(error);
                }
                close();
            }
            closed = true;
            return begun;
        } catch (IOException | RuntimeException e) { // the client has left
            close();
            return true;
        } finally {
            writingSinceNanos = 0;
            lock.unlock();
            onClosed.run();
        }
    }

    private void close() {
        if (!closed) {
            closed = true;
            sink.close();
            onClosed.run();
        }
    }

    private void write(byte[] bytes) {
        begun = true;
        writingSinceNanos = System.nanoTime();
        @Nullable Exception failure = null;
        try {
            sink.write(bytes);
        } catch (IOException | RuntimeException e) { // closed, or whatever Jersey makes of a broken connection
            failure = e;
        }
        lastWriteNanos = System.nanoTime();
        writingSinceNanos = 0;
        if (left || failure != null) {
            leave();
            throw new ClientLeftException(failure);
        }
    }

    private void leave() {
        left = true;
        onLeft.run();
    }

    /**
     * Looks whether something is due. Quick: what has to be written is handed over.
     *
     * @param pings runs a task elsewhere, where it may block
     */
    void tick(long nowNanos, Executor pings) {
        long writing = writingSinceNanos;
        if (writing != 0 && nowNanos - writing > settings.writeTimeout().toNanos() && !left) {
            leave();
        }
        boolean due = begun
                ? nowNanos - lastWriteNanos >= pingAfterNanos
                : nowNanos - createdNanos >= settings.beginAfter().toNanos();
        if (due && !left && writing == 0 && pinging.compareAndSet(false, true)) {
            try {
                pings.execute(this::ping);
            } catch (RejectedExecutionException e) {
                pinging.set(false); // shutting down
            }
        }
    }

    /** A held lock means that a write is under way, which is as good as a ping. */
    private void ping() {
        try {
            if (lock.tryLock()) {
                try {
                    if (!closed && !left) {
                        boolean open = !opened && settings.statusFeedback();
                        opened |= open;
                        write(open ? opening : sink.ping());
                    }
                } finally {
                    lock.unlock();
                }
            }
        } catch (ClientLeftException e) {
            // the turn was told, and ends the stream
        } finally {
            pinging.set(false);
        }
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }
}
