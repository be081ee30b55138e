package org.o1api.model;

/**
 * The purpose, outcome and usage of one call of a turn.
 *
 * @param upstream the upstream of the last attempt
 * @param model the provider's name of the model
 * @param attempts requests sent for the call; 0: it failed before the first one
 * @param usage of the reply; {@link Usage#NONE} if there was none
 * @param failedAttempts total usage of the attempts that failed before the reply
 * @param shown whether the client got the output
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
    /** What the output of a call is used for. */
    public enum Purpose {
        STEP,
        ANSWER
    }

    /** How a call ended. */
    public enum State {
        COMPLETED,
        /** The gateway ended the call before its reply was complete. */
        CANCELLED,
        FAILED
    }

    /** Whether the model started to reply. */
    boolean hasReply() {
        return !usage.equals(Usage.NONE);
    }

    /** The usage of the reply. All output of a step counts as reasoning. */
    Usage replyUsage() {
        return purpose == Purpose.STEP ? usage.asReasoning() : usage;
    }

    /** The usage of all attempts. */
    Usage totalUsage() {
        Usage all = usage.plus(failedAttempts);
        return purpose == Purpose.STEP ? all.asReasoning() : all;
    }

    /** Returns a copy whose output was not shown to the client. */
    CallRecord asDiscarded() {
        return new CallRecord(purpose, upstream, model, attempts, usage, failedAttempts, state, false);
    }
}
