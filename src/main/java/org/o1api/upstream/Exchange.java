package org.o1api.upstream;

import java.time.Duration;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.jspecify.annotations.Nullable;
import org.o1api.model.ErrorCode;
import org.o1api.upstream.UpstreamSettings.Timeouts;

/** One attempt's hold on its connection: it can be ended by any thread and in any phase, and knows what it waits for. */
final class Exchange {
    /** What the call's thread waits for, and so which limit holds. */
    enum WaitingFor {
        NONE,
        CONNECTION,
        FIRST_DELTA,
        NEXT_DELTA,
        /** The usage of a reply that is otherwise complete. */
        USAGE,
        /** The end of a reply of which nothing else is missing. */
        END_OF_REPLY,
        /** The end of a complete reply's body, which lets the connection be used again. */
        END_OF_BODY
    }

    /** Some providers count for several seconds. */
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
     * An attempt that is about to get its connection.
     *
     * @param callStart when the call began, of which this is one attempt; nanoseconds
     */
    Exchange(UpstreamSettings settings, long callStart) {
        this.timeouts = settings.timeouts();
        this.callStart = callStart;
    }

    /** Takes the request in hand by which the connection can be cut. */
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

    /** Whether the connection had served another call before. */
    boolean isReused() {
        return reused;
    }

    /** Whether it waits for its connection, or was ended while it did. */
    boolean isConnecting() {
        return waitingFor == WaitingFor.CONNECTION;
    }

    /** Whether it was ended because the whole call took too long. */
    boolean exceededCallTimeout() {
        return callTimedOut;
    }

    /** Whether it was ended because no usage came. */
    boolean timedOutWaitingForUsage() {
        return usageTimedOut;
    }

    /** Begins to wait, from now on; for the first delta from when the connection was there, whatever came meanwhile. */
    void startWaiting(WaitingFor next) {
        if (next != WaitingFor.FIRST_DELTA) {
            waitStart = System.nanoTime(); // before what: who sees the new wait sees its time too
        }
        waitingFor = next;
    }

    /** Waits for nothing: the reader is busy with what it has. */
    void stopWaiting() {
        waitingFor = WaitingFor.NONE;
    }

    /** Cuts the connection; without effect once it is back in the pool. */
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

    /** Cuts the connection and says why; the first reason counts. */
    void abort(UpstreamException reason) {
        synchronized (this) {
            if (abortReason == null) {
                abortReason = reason;
            }
        }
        cancel();
    }

    /** Why the gateway itself ended the attempt; null when it did not. */
    @Nullable
    UpstreamException abortReason() {
        return abortReason;
    }

    /** Ends the attempt where it has waited too long. */
    void enforceTimeouts(long now) {
        WaitingFor current = waitingFor;
        long waitedNanos = now - waitStart;
        UpstreamException timeout = switch (current) {
            case NONE -> null;
            case CONNECTION ->
                exceeds(waitedNanos, timeouts.connect()) ? UpstreamErrors.connectTimeout(timeouts, null) : null;
            case FIRST_DELTA ->
                exceeds(waitedNanos, timeouts.firstToken())
                        ? nothingReceived(timeouts.firstToken(), "timeouts.first_token", false)
                        : null;
            case NEXT_DELTA ->
                exceeds(waitedNanos, timeouts.idle()) ? nothingReceived(timeouts.idle(), "timeouts.idle", true) : null;
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
                            + " for one call (timeouts.call).",
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
