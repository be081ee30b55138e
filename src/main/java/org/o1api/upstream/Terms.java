package org.o1api.upstream;

/**
 * What a turn lets one of its calls do.
 *
 * @param cancellation ends the call
 * @param retries what the turn has left of them
 * @param accepted run when the upstream has begun to answer (2xx headers), each time an attempt gets so far
 */
public record Terms(Cancellation cancellation, RetryAllowance retries, Runnable accepted) {
    /** The terms of a call that belongs to no turn. */
    public Terms(Cancellation cancellation) {
        this(cancellation, new RetryAllowance(Integer.MAX_VALUE), () -> {});
    }
}
