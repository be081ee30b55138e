package org.o1api.upstream;

import org.o1api.model.Cancellation;

/**
 * What a call gets from its turn: cancellation, retry budget and callbacks.
 *
 * @param cancellation cancels the call
 * @param retries the turn's remaining retries
 * @param turn the turn that makes the call
 * @param number of the call in its turn, from 0
 * @param onAccepted run each time an attempt receives a 2xx status
 * @param attemptListener receives what attempts send and what failed ones use
 */
public record CallContext(
        Cancellation cancellation,
        RetryBudget retries,
        TurnCallState turn,
        int number,
        Runnable onAccepted,
        AttemptListener attemptListener) {
    /** Creates the context of a turn's first call. */
    public CallContext(
            Cancellation cancellation,
            RetryBudget retries,
            TurnCallState turn,
            Runnable onAccepted,
            AttemptListener attemptListener) {
        this(cancellation, retries, turn, 0, onAccepted, attemptListener);
    }

    /** Creates a context without an attempt listener. */
    public CallContext(Cancellation cancellation, RetryBudget retries, Runnable onAccepted) {
        this(cancellation, retries, new TurnCallState(""), onAccepted, usage -> {});
    }

    /** Creates the context of a call that belongs to no turn. */
    public CallContext(Cancellation cancellation) {
        this(cancellation, new RetryBudget(Integer.MAX_VALUE), () -> {});
    }
}
