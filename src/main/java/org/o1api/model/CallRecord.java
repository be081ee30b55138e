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
        /** One of several possible answers. Its output counts as reasoning unless it becomes the answer. */
        SAMPLE,
        ANSWER;

        /** Whether the output counts as reasoning. */
        public boolean isReasoning() {
            return this != ANSWER;
        }
    }

    /** How a call ended. */
    public enum State {
        COMPLETED,
        /** The gateway ended the call before its reply was complete. */
        CANCELLED,
        FAILED,
        /** The gateway ended the call before it had a thread: it sent nothing and is not counted. */
        NOT_STARTED
    }

    /** Whether the model started to reply. */
    boolean hasReply() {
        return !usage.equals(Usage.NONE);
    }

    /** The usage of the reply. All output of a step or sample counts as reasoning. */
    Usage replyUsage() {
        return purpose.isReasoning() ? usage.asReasoning() : usage;
    }

    /** The usage of all attempts. */
    Usage totalUsage() {
        Usage all = usage.plus(failedAttempts);
        return purpose.isReasoning() ? all.asReasoning() : all;
    }

    /** Returns a copy whose output is the answer. */
    CallRecord asAnswer() {
        return new CallRecord(Purpose.ANSWER, upstream, model, attempts, usage, failedAttempts, state, true);
    }

    /** Returns a copy whose output was not shown to the client. */
    CallRecord asDiscarded() {
        return new CallRecord(purpose, upstream, model, attempts, usage, failedAttempts, state, false);
    }
}
