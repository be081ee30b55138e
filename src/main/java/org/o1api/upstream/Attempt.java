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
    private final UpstreamErrors errors;
    private final UpstreamLog log;
    private final Set<Exchange> openExchanges;
    private final ConcurrencyLimiter limiter;
    private Breaker.@Nullable Permit permit;
    private Runnable removeCancelAction = () -> {};
    private boolean hasSlot;
    private boolean hasFirstDelta;

    /**
     * An attempt that has acquired nothing.
     *
     * @param openExchanges contains the exchange while it is held to its limits
     */
    Attempt(
            Exchange exchange,
            Cancellation cancellation,
            UpstreamErrors errors,
            UpstreamLog log,
            Set<Exchange> openExchanges,
            ConcurrencyLimiter limiter) {
        this.exchange = exchange;
        this.cancellation = cancellation;
        this.errors = errors;
        this.log = log;
        this.openExchanges = openExchanges;
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
    void start(Breaker breaker, CallingTurn turn) {
        permit = breaker.admit(turn);
        openExchanges.add(exchange);
        removeCancelAction = cancellation.onCancel(exchange::cancel);
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
        UpstreamException abortReason = exchange.abortReason();
        if (abortReason == null) {
            return errors.ofException(thrown);
        }
        return new UpstreamException(
                abortReason.code(), String.valueOf(abortReason.getMessage()), abortReason.retryable(), thrown);
    }

    /** Logs for the operator what was thrown, unless it is how the gateway itself ended the attempt. */
    void logFailure(Exception thrown) {
        UpstreamException abortReason = exchange.abortReason();
        if (abortReason == null) {
            log.transportFailed(thrown);
        } else if (exchange.isConnecting() && abortReason.code() == ErrorCode.UPSTREAM_TIMEOUT) {
            log.connectTimedOut(abortReason);
        }
    }

    /** The first delta is there. */
    void firstDeltaReceived() {
        hasFirstDelta = true;
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
    void failed(UpstreamException failure) {
        boolean slowClient = hasFirstDelta && exchange.exceededCallTimeout();
        if (permit != null && !cancellation.isCancelled() && !slowClient) {
            permit.failed(failure);
        }
    }

    /** Cuts the connection unless it is back in the pool, and releases everything. Only the first call has an effect. */
    @Override
    public void close() {
        try {
            removeCancelAction.run();
            openExchanges.remove(exchange);
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
