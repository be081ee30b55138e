package org.o1api.upstream;

import org.o1api.model.Cancellation;

/**
 * What a turn allows one of its calls, and what it learns from it.
 *
 * @param cancellation ends the call
 * @param retries what the turn has left of them
 * @param turn the turn that makes the call
 * @param onAccepted run when the upstream has begun to answer (2xx headers), each time an attempt gets so far
 * @param attemptListener receives what is sent, and what failed attempts used
 */
public record CallContext(
        Cancellation cancellation,
        RetryBudget retries,
        CallingTurn turn,
        Runnable onAccepted,
        AttemptListener attemptListener) {
    /** The terms of a call of which nobody counts the failed attempts. */
    public CallContext(Cancellation cancellation, RetryBudget retries, Runnable accepted) {
        this(cancellation, retries, new CallingTurn(""), accepted, usage -> {});
    }

    /** The terms of a call that belongs to no turn. */
    public CallContext(Cancellation cancellation) {
        this(cancellation, new RetryBudget(Integer.MAX_VALUE), () -> {});
    }
}
