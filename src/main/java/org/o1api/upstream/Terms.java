package org.o1api.upstream;

import java.util.function.Consumer;
import org.o1api.llm.Usage;

/**
 * What a turn allows one of its calls, and what it learns from it.
 *
 * @param cancellation ends the call
 * @param retries what the turn has left of them
 * @param owner the turn that makes the call
 * @param accepted run when the upstream has begun to answer (2xx headers), each time an attempt gets so far
 * @param spent receives what an attempt used that failed before the call had begun, and is paid for all the same; {@link Usage#NONE}
 *     if its reply was complete and the upstream counts nothing
 */
public record Terms(
        Cancellation cancellation, RetryAllowance retries, CallOwner owner, Runnable accepted, Consumer<Usage> spent) {
    /** The terms of a call of which nobody counts the failed attempts. */
    public Terms(Cancellation cancellation, RetryAllowance retries, Runnable accepted) {
        this(cancellation, retries, new CallOwner(""), accepted, usage -> {});
    }

    /** The terms of a call that belongs to no turn. */
    public Terms(Cancellation cancellation) {
        this(cancellation, new RetryAllowance(Integer.MAX_VALUE), () -> {});
    }
}
