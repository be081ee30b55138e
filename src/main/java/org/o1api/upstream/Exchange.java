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
    private static final Duration USAGE = Duration.ofSeconds(10);

    private static final Duration REST = Duration.ofSeconds(2);
    private static final Duration END = Duration.ofMillis(50);

    private final Timeouts timeouts;
    private final long callStart;
    private volatile long since = System.nanoTime();
    private volatile WaitingFor wait = WaitingFor.NONE;
    private volatile boolean reused;
    private volatile boolean outOfTime;
    private volatile boolean withoutUsage;
    private volatile @Nullable UpstreamException reason;
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
    void setRequest(HttpUriRequestBase sent) {
        boolean tooLate;
        synchronized (this) {
            request = sent;
            tooLate = cancelled;
        }
        if (tooLate) {
            sent.cancel();
        }
    }

    void connected(boolean usedBefore) {
        reused = usedBefore;
        since = System.nanoTime();
        wait = WaitingFor.FIRST_DELTA;
    }

    /** Whether the connection had served another call before. */
    boolean isReused() {
        return reused;
    }

    /** Whether it waits for its connection, or was ended while it did. */
    boolean isConnecting() {
        return wait == WaitingFor.CONNECTION;
    }

    /** Whether it was ended because the whole call took too long. */
    boolean exceededCallTimeout() {
        return outOfTime;
    }

    /** Whether it was ended because no usage came. */
    boolean timedOutWaitingForUsage() {
        return withoutUsage;
    }

    /** Begins to wait, from now on; for the first delta from when the connection was there, whatever came meanwhile. */
    void startWaiting(WaitingFor what) {
        if (what != WaitingFor.FIRST_DELTA) {
            since = System.nanoTime(); // before what: who sees the new wait sees its time too
        }
        wait = what;
    }

    /** Waits for nothing: the reader is busy with what it has. */
    void stopWaiting() {
        wait = WaitingFor.NONE;
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
    void abort(UpstreamException why) {
        synchronized (this) {
            if (reason == null) {
                reason = why;
            }
        }
        cancel();
    }

    /** Why the gateway itself ended the attempt; null when it did not. */
    @Nullable
    UpstreamException abortReason() {
        return reason;
    }

    /** Ends the attempt where it has waited too long. */
    void enforceTimeouts(long now) {
        WaitingFor what = wait;
        long waited = now - since;
        UpstreamException over = switch (what) {
            case NONE -> null;
            case CONNECTION ->
                exceeds(waited, timeouts.connect()) ? UpstreamErrors.connectTimeout(timeouts, null) : null;
            case FIRST_DELTA ->
                exceeds(waited, timeouts.firstToken())
                        ? silent(timeouts.firstToken(), "timeouts.first_token", false)
                        : null;
            case NEXT_DELTA -> exceeds(waited, timeouts.idle()) ? silent(timeouts.idle(), "timeouts.idle", true) : null;
            case USAGE -> {
                withoutUsage |= exceeds(waited, USAGE);
                yield withoutUsage ? silent(USAGE, "while usage was pending", true) : null;
            }
            case END_OF_REPLY -> exceeds(waited, REST) ? silent(REST, "after the finish_reason", true) : null;
            case END_OF_BODY -> exceeds(waited, END) ? silent(END, "after the end of the reply", true) : null;
        };
        if (over == null && what != WaitingFor.END_OF_BODY && exceeds(now - callStart, timeouts.call())) {
            outOfTime = true;
            over = new UpstreamException(
                    ErrorCode.UPSTREAM_TIMEOUT,
                    "The model provider took longer than " + UpstreamErrors.durationText(timeouts.call())
                            + " for one call (timeouts.call).",
                    false,
                    null);
        }
        if (over != null) {
            abort(over);
        }
    }

    private static boolean exceeds(long nanos, Duration limit) {
        return nanos >= limit.toNanos();
    }

    private static UpstreamException silent(Duration limit, String name, boolean retryable) {
        return new UpstreamException(
                ErrorCode.UPSTREAM_TIMEOUT,
                "The model provider sent nothing for " + UpstreamErrors.durationText(limit) + " (" + name + ").",
                retryable,
                null);
    }
}
