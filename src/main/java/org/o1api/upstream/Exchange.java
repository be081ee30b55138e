package org.o1api.upstream;

import java.time.Duration;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.jspecify.annotations.Nullable;
import org.o1api.model.ErrorCode;
import org.o1api.upstream.UpstreamSettings.Timeouts;

/**
 * The connection of one attempt. Any thread can cut it in any phase. It knows what the call's thread waits for and enforces the
 * timeout of that.
 */
final class Exchange {
    /** What the call's thread waits for, which decides which timeout applies. */
    enum WaitingFor {
        NONE,
        CONNECTION,
        FIRST_DELTA,
        NEXT_DELTA,
        /** The usage of an otherwise complete reply. */
        USAGE,
        /** The end of a reply that lacks nothing else. */
        END_OF_REPLY,
        /** The end of a complete reply's body, after which the connection can be reused. */
        END_OF_BODY
    }

    /** Some providers need several seconds to count tokens. */
    private static final Duration USAGE_TIMEOUT = Duration.ofSeconds(10);

    private static final Duration END_OF_REPLY_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration END_OF_BODY_TIMEOUT = Duration.ofMillis(50);

    private final Timeouts timeouts;
    private final long callStart;
    private volatile long waitStart = System.nanoTime();
    private volatile WaitingFor waitingFor = WaitingFor.NONE;
    private volatile boolean reused;
    private volatile boolean callTimedOut;
    private volatile boolean usageTimedOut;
    private volatile @Nullable UpstreamException abortReason;
    private @Nullable HttpUriRequestBase request;
    private boolean cancelled;

    /**
     * Creates an exchange whose connection is not open yet.
     *
     * @param callStart when the call started of which this is one attempt, {@link System#nanoTime}
     */
    Exchange(UpstreamSettings settings, long callStart) {
        this.timeouts = settings.timeouts();
        this.callStart = callStart;
    }

    /** Sets the request that {@link #cancel} aborts; aborts it if already cancelled. */
    void setRequest(HttpUriRequestBase newRequest) {
        boolean alreadyCancelled;
        synchronized (this) {
            request = newRequest;
            alreadyCancelled = cancelled;
        }
        if (alreadyCancelled) {
            newRequest.cancel();
        }
    }

    void connected(boolean usedBefore) {
        reused = usedBefore;
        waitStart = System.nanoTime();
        waitingFor = WaitingFor.FIRST_DELTA;
    }

    /** Whether the connection has served another call before. */
    boolean isReused() {
        return reused;
    }

    /** Whether it is waiting for its connection, or was ended while waiting. */
    boolean isConnecting() {
        return waitingFor == WaitingFor.CONNECTION;
    }

    /** Whether it was ended by the timeout of the whole call. */
    boolean exceededCallTimeout() {
        return callTimedOut;
    }

    /** Whether it was ended because the usage did not arrive. */
    boolean timedOutWaitingForUsage() {
        return usageTimedOut;
    }

    /** Starts to wait. The time counts from now, except for the first delta: there it counts from when the connection was open. */
    void startWaiting(WaitingFor next) {
        if (next != WaitingFor.FIRST_DELTA) {
            waitStart = System.nanoTime(); // before waitingFor: a thread that sees the new state must see its time too
        }
        waitingFor = next;
    }

    /** Stops waiting: the reader is processing what it has. */
    void stopWaiting() {
        waitingFor = WaitingFor.NONE;
    }

    /** Cuts the connection. No effect once it is back in the pool. */
    void cancel() {
        HttpUriRequestBase current;
        synchronized (this) {
            cancelled = true;
            current = request;
        }
        if (current != null) {
            current.cancel();
        }
    }

    /** Whether the connection was cut. */
    synchronized boolean isCancelled() {
        return cancelled;
    }

    /** Cuts the connection for a reason. Only the first reason is kept. */
    void abort(UpstreamException reason) {
        synchronized (this) {
            if (abortReason == null) {
                abortReason = reason;
            }
        }
        cancel();
    }

    /** Why the gateway itself ended the attempt; null if it did not. */
    @Nullable
    UpstreamException abortReason() {
        return abortReason;
    }

    /** Ends the attempt if a timeout has expired. */
    void enforceTimeouts(long now) {
        WaitingFor current = waitingFor;
        long waitedNanos = now - waitStart;
        UpstreamException timeout = switch (current) {
            case NONE -> null;
            case CONNECTION ->
                exceeds(waitedNanos, timeouts.connect()) ? UpstreamErrors.connectTimeout(timeouts, null) : null;
            case FIRST_DELTA ->
                exceeds(waitedNanos, timeouts.firstToken())
                        ? nothingReceived(timeouts.firstToken(), "upstreams.*.timeouts.first_token", false)
                        : null;
            case NEXT_DELTA ->
                exceeds(waitedNanos, timeouts.idle())
                        ? nothingReceived(timeouts.idle(), "upstreams.*.timeouts.idle", true)
                        : null;
            case USAGE -> {
                usageTimedOut |= exceeds(waitedNanos, USAGE_TIMEOUT);
                yield usageTimedOut ? nothingReceived(USAGE_TIMEOUT, "while usage was pending", true) : null;
            }
            case END_OF_REPLY ->
                exceeds(waitedNanos, END_OF_REPLY_TIMEOUT)
                        ? nothingReceived(END_OF_REPLY_TIMEOUT, "after the finish_reason", true)
                        : null;
            case END_OF_BODY ->
                exceeds(waitedNanos, END_OF_BODY_TIMEOUT)
                        ? nothingReceived(END_OF_BODY_TIMEOUT, "after the end of the reply", true)
                        : null;
        };
        if (timeout == null && current != WaitingFor.END_OF_BODY && exceeds(now - callStart, timeouts.call())) {
            callTimedOut = true;
            timeout = new UpstreamException(
                    ErrorCode.UPSTREAM_TIMEOUT,
                    "The model provider took longer than " + UpstreamErrors.durationText(timeouts.call())
                            + " for one call (upstreams.*.timeouts.call).",
                    false,
                    null);
        }
        if (timeout != null) {
            abort(timeout);
        }
    }

    private static boolean exceeds(long nanos, Duration limit) {
        return nanos >= limit.toNanos();
    }

    private static UpstreamException nothingReceived(Duration limit, String name, boolean retryable) {
        return new UpstreamException(
                ErrorCode.UPSTREAM_TIMEOUT,
                "The model provider sent nothing for " + UpstreamErrors.durationText(limit) + " (" + name + ").",
                retryable,
                null);
    }
}
