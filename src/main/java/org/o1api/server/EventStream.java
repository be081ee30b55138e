package org.o1api.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A response that is written piece by piece: server-sent events, or one JSON text with white space before it as a
 * heartbeat. It starts with its opening event, sends heartbeats while nothing else is sent, and ends exactly once. A
 * lock serializes the writes of the turn and the heartbeats. Each write blocks until the container has accepted the
 * bytes, so that a slow client slows its turn down.
 */
public final class EventStream implements AutoCloseable {
    /** A heartbeat that is no event. */
    private static final byte[] COMMENT = ": ping\n".getBytes(StandardCharsets.US_ASCII);

    private static final long PROBE_INTERVAL_NANOS = 200_000_000;
    private static final long STALLED_AFTER_NANOS = 1_000_000_000;

    /**
     * A ping is due after this part of the heartbeat interval. The rest is a reserve for the delay of the tick: the
     * stream is never silent for longer than one interval, and a disconnect, which only the second ping notices, is
     * noticed within two.
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

    /**
     * Receives failures of the stream. Called on any thread, possibly more than once; must be quick and must not throw.
     */
    public interface Listener {
        /** The client has disconnected, or has stopped reading. */
        void disconnected();

        /** The response cannot be written because of an error in the gateway. */
        void failed(Throwable failure);
    }

    /**
     * Creates a stream that has not been started.
     *
     * @param openingEvent the first event
     * @param unexpectedEvent the last event if {@link #close} has to end a stream that was started
     * @param onClosed runs when the stream has ended, possibly more than once
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

    /** A provider has accepted the call. Starts the response if {@code stream_status_feedback} is on. */
    public void accepted() {
        if (settings.statusFeedback()) {
            send(new byte[0]);
        }
    }

    /**
     * Writes events, after the opening event if it has not been sent.
     *
     * @param events complete events, each terminated by an empty line
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

    /** Returns a heartbeat that is a comment. */
    public static byte[] comment() {
        return COMMENT.clone();
    }

    /** Whether the response has started, so that a failure can no longer have a status of its own. */
    public boolean hasStarted() {
        return started;
    }

    /**
     * Checks whether the client is connected, at most five times a second. Only the second write after a disconnect
     * fails, so a probe at the end of a step prevents the next call from being made for a client that has disconnected.
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
                    write(heartbeat(), false);
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
     * Ends the response with an error.
     *
     * @param error the last event if the response was started
     * @return whether the response was started; if not, nothing was written, and the caller can respond with a
     *     status
     */
    public boolean fail(byte[] error) {
        return fail(error, false);
    }

    /** Like {@link #fail}, but the opening event precedes the error if it has not been sent. */
    public boolean failAfterOpening(byte[] error) {
        return fail(error, true);
    }

    private boolean fail(byte[] error, boolean afterOpening) {
        lock.lock();
        try {
            if (started && !closed && !disconnected) {
                writingSinceNanos = System.nanoTime();
                sink.fail(afterOpening && !openingSent ? concat(openingEvent, error) : error);
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

    /** Ends the response if nothing else has ended it, so that the client does not wait forever. */
    @Override
    public void close() {
        if (!closed) {
            var unused = fail(unexpectedEvent);
        }
        onClosed.accept(this);
    }

    /** Ends the stream. A response that was not started is left to the caller. */
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
        // the container enforces its own timeout for a complete response
        writingSinceNanos = complete ? 0 : System.nanoTime();
        @Nullable Exception failure = null;
        try {
            if (complete) {
                sink.writeWhole(bytes);
            } else {
                sink.write(bytes);
            }
        } catch (IOException | RuntimeException e) {
            // the stream is closed, or one of the exceptions that Jersey throws for a broken connection
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
     * Sends a heartbeat if one is due, and detects a client that has stopped reading. Does not block.
     *
     * @param pingExecutor executes a task on another thread, where it may block
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
            } catch (Throwable e) { // a thread could not be created: the next tick tries again
                pinging.set(false);
                throw e;
            }
        }
    }

    /** Writes a heartbeat. If the lock is held, another write is in progress, which is as good as a heartbeat. */
    private void ping() {
        try {
            if (lock.tryLock()) {
                try {
                    if (!closed && !disconnected) {
                        boolean sendOpening = !openingSent && (settings.statusFeedback() || !hasHeartbeats);
                        // Without heartbeats there is nothing to write if the turn has sent the opening event in the
                        // meantime.
                        if (sendOpening || hasHeartbeats) {
                            openingSent |= sendOpening;
                            write(sendOpening ? openingEvent : heartbeat(), false);
                        }
                    }
                } finally {
                    lock.unlock();
                }
            }
        } catch (ClientDisconnectedException e) {
            // the listener was notified, and ends the response
        } catch (Throwable e) { // also an Error: the listener ends the response
            listener.failed(e);
        } finally {
            pinging.set(false);
        }
    }

    private byte[] heartbeat() {
        return openingSent ? sink.ping() : sink.earlyPing();
    }

    /** Whether a ping has been blocked for a second or more by a client that does not read. */
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
