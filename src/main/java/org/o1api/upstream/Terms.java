package org.o1api.upstream;

import org.o1api.model.Cancellation;

/**
 * What a turn allows one of its calls, and what it learns from it.
 *
 * @param cancellation ends the call
 * @param retries what the turn has left of them
 * @param owner the turn that makes the call
 * @param accepted run when the upstream has begun to answer (2xx headers), each time an attempt gets so far
 * @param attempts receives what is sent, and what failed attempts used
 */
public record Terms(
        Cancellation cancellation,
        RetryAllowance retries,
        CallOwner owner,
        Runnable accepted,
        AttemptListener attempts) {
    /** The terms of a call of which nobody counts the failed attempts. */
    public Terms(Cancellation cancellation, RetryAllowance retries, Runnable accepted) {
        this(cancellation, retries, new CallOwner(""), accepted, usage -> {});
    }

    /** The terms of a call that belongs to no turn. */
    public Terms(Cancellation cancellation) {
        this(cancellation, new RetryAllowance(Integer.MAX_VALUE), () -> {});
    }
}
