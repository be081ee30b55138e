package org.o1api.reasoning;

import org.o1api.model.Cancellation;

/**
 * The time of a call that the turn's thread reads: the time for reasoning until the call goes on to answer, then the turn's. Used by the
 * turn's thread only, except its cancellation.
 */
final class CallTime {
    private final Cancellation cancellation;
    private final Runnable releaseFromReasoning;

    /**
     * Creates the time of a call.
     *
     * @param cancellation a child of the turn's
     * @param releaseFromReasoning separates it from the time for reasoning
     */
    CallTime(Cancellation cancellation, Runnable releaseFromReasoning) {
        this.cancellation = cancellation;
        this.releaseFromReasoning = releaseFromReasoning;
    }

    Cancellation cancellation() {
        return cancellation;
    }

    /** Gives the call the time of an answer. Returns false if the time for reasoning was already used up. */
    boolean startAnswer() {
        releaseFromReasoning.run();
        return !cancellation.isCancelled();
    }

    /** The call has ended. */
    void end() {
        releaseFromReasoning.run();
        cancellation.detach();
    }
}
