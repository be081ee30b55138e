package org.o1api.model;

/**
 * What one call of a turn was for and what it used.
 *
 * @param upstream the name of the upstream of the last attempt
 * @param model the upstream's name of the model
 * @param attempts requests that were sent for it; 0: it failed before the first
 * @param usage of its reply; {@link Usage#NONE} if it got none
 * @param failedAttempts the sum of what attempts used that failed before the reply
 * @param shown whether its output is part of what the client got
 */
public record CallRecord(
        Purpose purpose,
        String upstream,
        String model,
        int attempts,
        Usage usage,
        Usage failedAttempts,
        State state,
        boolean shown) {
    /** What a call's output is for. */
    public enum Purpose {
        STEP,
        ANSWER
    }

    /** How a call ended. */
    public enum State {
        COMPLETED,
        /** The gateway ended it before its reply was complete. */
        CANCELLED,
        FAILED
    }

    /** Whether the model began to reply. */
    boolean hasReply() {
        return !usage.equals(Usage.NONE);
    }

    /** What its reply used: all output of a step is reasoning. */
    Usage replyUsage() {
        return purpose == Purpose.STEP ? usage.asReasoning() : usage;
    }

    /** What all its attempts used. */
    Usage totalUsage() {
        Usage all = usage.plus(failedAttempts);
        return purpose == Purpose.STEP ? all.asReasoning() : all;
    }

    /** The same call, marked as not part of the reply. */
    CallRecord asDiscarded() {
        return new CallRecord(purpose, upstream, model, attempts, usage, failedAttempts, state, false);
    }
}
