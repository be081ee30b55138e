package org.o1api.upstream;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Cancellation;
import org.o1api.model.ConcurrencyLimiter;
import org.o1api.model.ConcurrencyLimiter.Outcome;
import org.o1api.model.ErrorCode;

/**
 * One attempt at a call, from before its connection to after its last byte. {@link #close} releases everything that it has
 * acquired, also after an {@link Error}.
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
     * Creates an attempt that has acquired nothing yet.
     *
     * @param openExchanges the open exchanges, whose timeouts are enforced
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

    /** Acquires one of the upstream's slots for concurrent calls. */
    Outcome acquireSlot(String caller, Duration timeout) {
        Outcome outcome = limiter.acquire(caller, cancellation, timeout);
        hasSlot = outcome == Outcome.ACQUIRED;
        return outcome;
    }

    /**
     * Starts the attempt, which must hold a slot. From now on its timeouts are enforced.
     *
     * @throws UpstreamException if the circuit breaker does not admit it
     */
    void start(Breaker breaker, TurnCallState turn) {
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

    /**
     * Returns why the attempt failed. A connection that the gateway itself has cut fails with many different exceptions, so the
     * gateway's own reason takes precedence.
     *
     * @throws org.o1api.model.CancelledException if the turn was cancelled
     */
    UpstreamException failureFor(Exception thrown) {
        cancellation.throwIfCancelled();
        UpstreamException abortReason = exchange.abortReason();
        if (abortReason == null) {
            return errors.ofException(thrown);
        }
        return new UpstreamException(
                abortReason.code(), String.valueOf(abortReason.getMessage()), abortReason.retryable(), thrown);
    }

    /** Whether sending failed because the server had closed the pooled connection while it was idle. */
    boolean isOnStaleConnection(RuntimeException thrown) {
        return exchange.isReused() && exchange.abortReason() == null && TransportFailure.isDeadConnection(thrown);
    }

    /** Logs the cause for the operator, unless the gateway itself ended the attempt. */
    void logFailure(Exception thrown) {
        UpstreamException abortReason = exchange.abortReason();
        if (abortReason == null) {
            log.transportFailed(thrown);
        } else if (exchange.isConnecting() && abortReason.code() == ErrorCode.UPSTREAM_TIMEOUT) {
            log.connectTimedOut(abortReason);
        }
    }

    /** The first delta has arrived. */
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

    /** The attempt failed. The circuit breaker counts that unless the turn was cancelled or a slow client is the cause. */
    void failed(UpstreamException failure) {
        boolean slowClient = hasFirstDelta && exchange.exceededCallTimeout();
        if (permit != null && !cancellation.isCancelled() && !slowClient) {
            permit.failed(failure);
        }
    }

    /** Cuts the connection unless it is back in the pool, and releases everything. Idempotent. */
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
