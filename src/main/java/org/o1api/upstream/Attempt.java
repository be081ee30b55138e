package org.o1api.upstream;

import java.util.Set;

/** One attempt at a call, from before its connection to after its last byte: watched, cancellable, and ended once. */
final class Attempt implements AutoCloseable {
    private final Exchange exchange;
    private final Cancellation cancellation;
    private final Failures failures;
    private final Set<Exchange> watched;
    private final Breaker.Permit permit;
    private final Places places;
    private final Runnable uncancel;

    /**
     * Begins an attempt that has a place.
     *
     * @param watched where the exchange stands while it is to be held to its limits
     */
    Attempt(
            Exchange exchange,
            Cancellation cancellation,
            Failures failures,
            Set<Exchange> watched,
            Breaker.Permit permit,
            Places places) {
        this.exchange = exchange;
        this.cancellation = cancellation;
        this.failures = failures;
        this.watched = watched;
        this.permit = permit;
        this.places = places;
        watched.add(exchange);
        this.uncancel = cancellation.onCancel(exchange::cancel);
    }

    Exchange exchange() {
        return exchange;
    }

    Cancellation cancellation() {
        return cancellation;
    }

    /** Why the attempt failed. A connection that was cut from our side fails in many ways: ask first whether it was. */
    UpstreamException explain(Exception thrown) {
        cancellation.throwIfCancelled();
        UpstreamException reason = exchange.reason();
        if (reason == null) {
            return failures.ofException(thrown);
        }
        return new UpstreamException(reason.code(), String.valueOf(reason.getMessage()), reason.retryable(), thrown);
    }

    /** The reply is complete. */
    void succeeded() {
        permit.succeeded();
    }

    /** The attempt failed; that counts against the upstream where it is not our own doing. */
    void failed(UpstreamException why) {
        if (!cancellation.isCancelled()) {
            permit.failed(why);
        }
    }

    /** Cuts the connection where it is not yet given back. */
    @Override
    public void close() {
        uncancel.run();
        watched.remove(exchange);
        exchange.cancel();
        permit.close();
        places.giveBack();
    }
}
