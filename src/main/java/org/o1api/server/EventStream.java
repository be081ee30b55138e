package org.o1api.server;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One response that is written while it comes to be: server-sent events, or JSON with white space before it. It begins with
 * its opening, is never silent for longer than the heartbeat once it has begun, and ends once. One lock orders the turn's
 * writes and the heartbeat's, and each write blocks until the container has taken it, so that a slow client slows its turn
 * down.
 */
public final class EventStream implements AutoCloseable {
    private static final long PROBE_INTERVAL_NANOS = 200_000_000;
    private static final long STALLED_AFTER_NANOS = 1_000_000_000;

    /**
     * The part of a heartbeat after which a ping is due. The rest is for the tick, which comes late: so no silence is longer than
     * a heartbeat, and a disconnect, which only the second ping notices, is known within two.
     */
    private static final double PING_DUE_FRACTION = 0.8;

    private final FrameSink sink;
    private final StreamSettings settings;
    private final byte[] openingEvent;
    private final byte[] unexpectedEvent;
    private final Listener listener;
    private final Consumer<EventStream> onClosed;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicBoolean pinging = new AtomicBoolean();
    private final long createdNanos = System.nanoTime();
    private final boolean hasHeartbeats;
    private final long pingAfterNanos;
    private boolean openingSent;
    private volatile boolean closed;
    private volatile boolean started;
    private volatile boolean disconnected;
    private volatile long lastWriteNanos = createdNanos;
    private volatile long writingSinceNanos;
    private long lastProbeNanos = createdNanos;

    /** Whose response it is. Notified on any thread, perhaps more than once; must be quick and not throw. */
    public interface Listener {
        /** The client takes no more bytes. */
        void disconnected();

        /** The response cannot be written for a reason that is ours. */
        void failed(Throwable failure);
    }

    /**
     * A response that has not begun.
     *
     * @param openingEvent the event before all others
     * @param unexpectedEvent the last event if {@link #close} has to end a response that has begun
     * @param onClosed run when it has ended, perhaps more than once
     */
    EventStream(
            FrameSink sink,
            StreamSettings settings,
            byte[] openingEvent,
            byte[] unexpectedEvent,
            Listener listener,
            Consumer<EventStream> onClosed) {
        this.sink = sink;
        this.settings = settings;
        this.openingEvent = openingEvent;
        this.unexpectedEvent = unexpectedEvent;
        this.listener = listener;
        this.onClosed = onClosed;
        Duration heartbeat = settings.heartbeat();
        this.hasHeartbeats = heartbeat != null;
        this.pingAfterNanos = heartbeat == null ? Long.MAX_VALUE : (long) (heartbeat.toNanos() * PING_DUE_FRACTION);
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
        send(events, false);
    }

    private void send(byte[] events, boolean last) {
        lock.lock();
        try {
            if (closed || disconnected) {
                throw new ClientDisconnectedException(null);
            }
            byte[] bytes = openingSent ? events : concat(openingEvent, events);
            openingSent = true;
            if (bytes.length > 0) {
                write(bytes, last && !started);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Looks whether the client is still there, a few times a second at most. A disconnected client is noticed at the second write
     * after that, so a probe behind the last words of a step keeps the next call from being made for nobody.
     */
    public void probe() {
        long now = System.nanoTime();
        if (started && now - lastProbeNanos >= PROBE_INTERVAL_NANOS) {
            lastProbeNanos = now;
            lock.lock();
            try {
                if (closed || disconnected) {
                    throw new ClientDisconnectedException(null);
                }
                if (hasHeartbeats) {
                    write(sink.ping(), false);
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** Writes the last events and ends the response. */
    public void end(byte[] events) {
        lock.lock();
        try {
            send(events, true);
            finish();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends a response that failed.
     *
     * @param error what ends a response that has begun
     * @return whether it has begun; if not, nothing was written, and the failure can still have a status of its own
     */
    public boolean fail(byte[] error) {
        lock.lock();
        try {
            if (started && !closed && !disconnected) {
                writingSinceNanos = System.nanoTime();
                sink.fail(error);
            }
        } catch (IOException | RuntimeException e) {
            // the client has disconnected
        } finally {
            writingSinceNanos = 0;
            finish();
            lock.unlock();
        }
        return started;
    }

    /** Ends a response that nothing else has ended, so that no client waits for it. */
    @Override
    public void close() {
        if (!closed) {
            var unused = fail(unexpectedEvent);
        }
        onClosed.accept(this);
    }

    /** No more is written. What has not begun is left to somebody else. */
    private void finish() {
        if (!closed) {
            closed = true;
            try {
                if (started) {
                    sink.close();
                }
            } finally {
                onClosed.accept(this);
            }
        }
    }

    private void write(byte[] bytes, boolean complete) {
        started = true;
        writingSinceNanos = complete ? 0 : System.nanoTime(); // a whole response is the container's to time
        @Nullable Exception failure = null;
        try {
            if (complete) {
                sink.writeWhole(bytes);
            } else {
                sink.write(bytes);
            }
        } catch (IOException | RuntimeException e) { // closed, or whatever Jersey makes of a broken connection
            failure = e;
        } finally {
            lastWriteNanos = System.nanoTime();
            writingSinceNanos = 0;
        }
        if (disconnected || failure != null) {
            disconnect();
            throw new ClientDisconnectedException(failure);
        }
    }

    private void disconnect() {
        disconnected = true;
        listener.disconnected();
    }

    /**
     * Looks whether something is due. Quick: what has to be written is handed over.
     *
     * @param pingExecutor runs a task elsewhere, where it may block
     */
    void tick(long nowNanos, Executor pingExecutor) {
        long writeStartNanos = writingSinceNanos;
        if (writeStartNanos != 0
                && nowNanos - writeStartNanos > settings.writeTimeout().toNanos()
                && !disconnected) {
            disconnect();
        }
        boolean due = started
                ? nowNanos - lastWriteNanos >= pingAfterNanos
                : nowNanos - createdNanos >= settings.beginAfter().toNanos();
        if (due && !disconnected && writeStartNanos == 0 && pinging.compareAndSet(false, true)) {
            try {
                pingExecutor.execute(this::ping);
            } catch (RejectedExecutionException e) {
                pinging.set(false); // shutting down
            } catch (Throwable e) { // no memory for one more thread: the next tick tries again
                pinging.set(false);
                throw e;
            }
        }
    }

    /** A held lock means that a write is under way, which is as good as a ping. */
    private void ping() {
        try {
            if (lock.tryLock()) {
                try {
                    if (!closed && !disconnected) {
                        boolean sendOpening = !openingSent && (settings.statusFeedback() || !hasHeartbeats);
                        // Without heartbeats there is nothing to write if the turn has opened the response meanwhile.
                        if (sendOpening || hasHeartbeats) {
                            openingSent |= sendOpening;
                            write(sendOpening ? openingEvent : sink.ping(), false);
                        }
                    }
                } finally {
                    lock.unlock();
                }
            }
        } catch (ClientDisconnectedException e) {
            // the owner knows, and ends the response
        } catch (Throwable e) { // also an Error: the owner ends the response
            listener.failed(e);
        } finally {
            pinging.set(false);
        }
    }

    /** Whether a ping has been blocked for some time by a client that does not read. */
    boolean isPingStalled(long nowNanos) {
        long writeStartNanos = writingSinceNanos;
        return pinging.get() && writeStartNanos != 0 && nowNanos - writeStartNanos > STALLED_AFTER_NANOS;
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }
}
