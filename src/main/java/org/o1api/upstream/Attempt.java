package org.o1api.upstream;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Cancellation;
import org.o1api.model.ConcurrencyLimiter;
import org.o1api.model.ConcurrencyLimiter.Outcome;
import org.o1api.model.ErrorCode;

/**
 * One attempt at a call, from before its connection to after its last byte. Whatever it has acquired, {@link #close} releases,
 * also after an Error half-way.
 */
final class Attempt implements AutoCloseable {
    private final Exchange exchange;
    private final Cancellation cancellation;
    private final UpstreamErrors failures;
    private final UpstreamLog log;
    private final Set<Exchange> watched;
    private final ConcurrencyLimiter limiter;
    private Breaker.@Nullable Permit permit;
    private Runnable uncancel = () -> {};
    private boolean hasSlot;
    private boolean begun;

    /**
     * An attempt that has acquired nothing.
     *
     * @param watched contains the exchange while it is held to its limits
     */
    Attempt(
            Exchange exchange,
            Cancellation cancellation,
            UpstreamErrors failures,
            UpstreamLog log,
            Set<Exchange> watched,
            ConcurrencyLimiter limiter) {
        this.exchange = exchange;
        this.cancellation = cancellation;
        this.failures = failures;
        this.log = log;
        this.watched = watched;
        this.limiter = limiter;
    }

    /** Acquires one of the upstream's slots. */
    Outcome acquireSlot(String caller, Duration timeout) {
        Outcome outcome = limiter.acquire(caller, cancellation, timeout);
        hasSlot = outcome == Outcome.ACQUIRED;
        return outcome;
    }

    /**
     * Starts, with a slot: from now on it is held to its limits.
     *
     * @throws UpstreamException if the breaker does not admit it
     */
    void start(Breaker breaker, CallingTurn owner) {
        permit = breaker.admit(owner);
        watched.add(exchange);
        uncancel = cancellation.onCancel(exchange::cancel);
    }

    Exchange exchange() {
        return exchange;
    }

    Cancellation cancellation() {
        return cancellation;
    }

    /** Why the attempt failed. A connection that was cut from our side fails in many ways: ask first whether it was. */
    UpstreamException failureFor(Exception thrown) {
        cancellation.throwIfCancelled();
        UpstreamException reason = exchange.abortReason();
        if (reason == null) {
            return failures.ofException(thrown);
        }
        return new UpstreamException(reason.code(), String.valueOf(reason.getMessage()), reason.retryable(), thrown);
    }

    /** Logs for the operator what was thrown, unless it is how the gateway itself ended the attempt. */
    void logFailure(Exception thrown) {
        UpstreamException reason = exchange.abortReason();
        if (reason == null) {
            log.transportFailed(thrown);
        } else if (exchange.isConnecting() && reason.code() == ErrorCode.UPSTREAM_TIMEOUT) {
            log.connectTimedOut(reason);
        }
    }

    /** The first delta is there. */
    void firstDeltaReceived() {
        begun = true;
        if (permit != null) {
            permit.firstDeltaReceived();
        }
    }

    /** The reply is complete. */
    void succeeded() {
        if (permit != null) {
            permit.succeeded();
        }
    }

    /** The attempt failed. That counts against the upstream unless the gateway or a slow reader is the cause. */
    void failed(UpstreamException why) {
        boolean slowReader = begun && exchange.exceededCallTimeout();
        if (permit != null && !cancellation.isCancelled() && !slowReader) {
            permit.failed(why);
        }
    }

    /** Cuts the connection unless it is back in the pool, and releases everything. Only the first call has an effect. */
    @Override
    public void close() {
        try {
            uncancel.run();
            watched.remove(exchange);
            exchange.cancel();
        } finally {
            releasePermitAndSlot();
        }
    }

    private void releasePermitAndSlot() {
        try {
            if (permit != null) {
                permit.close();
            }
        } finally {
            if (hasSlot) {
                hasSlot = false;
                limiter.release();
            }
        }
    }
}
