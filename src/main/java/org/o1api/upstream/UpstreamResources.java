package org.o1api.upstream;

import java.util.Set;
import java.util.function.BooleanSupplier;
import org.o1api.model.Cancellation;
import org.o1api.model.ConcurrencyLimiter;

/**
 * The resources that all calls of one upstream share.
 *
 * @param openExchanges the exchanges whose timeouts are enforced
 * @param closed whether the upstream has been closed
 */
record UpstreamResources(
        UpstreamSettings settings,
        Transport transport,
        UpstreamErrors errors,
        UpstreamLog log,
        Breaker breaker,
        ConcurrencyLimiter limiter,
        Set<Exchange> openExchanges,
        BooleanSupplier closed) {
    Attempt newAttempt(Exchange exchange, Cancellation cancellation) {
        return new Attempt(exchange, cancellation, errors, log, openExchanges, limiter);
    }
}
