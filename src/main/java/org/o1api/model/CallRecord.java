package org.o1api.model;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The purpose, outcome and usage of one call of a turn.
 *
 * @param upstream the upstream of the last attempt
 * @param model the provider's name of the model
 * @param attempts requests sent for the call; 0: it failed before the first one
 * @param usage of the reply; {@link Usage#NONE} if there was none
 * @param failed what the attempts used that failed before the reply, by upstream and model
 * @param shown whether the client got the output
 */
public record CallRecord(
        Purpose purpose,
        String upstream,
        String model,
        int attempts,
        Usage usage,
        List<FailedAttempts> failed,
        State state,
        boolean shown) {
    public CallRecord {
        failed = List.copyOf(failed);
    }

    /** A call whose failed attempts went to the same model as its last one. */
    public CallRecord(
            Purpose purpose,
            String upstream,
            String model,
            int attempts,
            Usage usage,
            Usage failedAttempts,
            State state,
            boolean shown) {
        this(
                purpose,
                upstream,
                model,
                attempts,
                usage,
                failedAttempts.equals(Usage.NONE)
                        ? List.of()
                        : List.of(new FailedAttempts(upstream, model, failedAttempts)),
                state,
                shown);
    }

    /** What failed attempts at one model used. */
    public record FailedAttempts(String upstream, String model, Usage usage) {}

    /** What the output of a call is used for. */
    public enum Purpose {
        STEP,
        /** One of several possible answers. Its output counts as reasoning unless it becomes the answer. */
        SAMPLE,
        /** A comparison of samples. The client does not see its output. */
        JUDGE,
        ANSWER;

        /** Whether the output counts as reasoning. */
        public boolean isReasoning() {
            return this != ANSWER;
        }

        /** Whether the output counts as part of the turn's reply, unless it was discarded. */
        boolean isPartOfReply() {
            return this == STEP || this == ANSWER;
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
        return ofPurpose(usage);
    }

    /** A usage of this call's: all output of a step, sample or judge counts as reasoning. */
    Usage ofPurpose(Usage used) {
        return purpose.isReasoning() ? used.asReasoning() : used;
    }

    /** The total usage of the attempts that failed before the reply. */
    Usage failedAttempts() {
        return failed.stream().map(FailedAttempts::usage).reduce(Usage.NONE, Usage::plus);
    }

    /** The usage of all attempts. */
    public Usage totalUsage() {
        return ofPurpose(usage.plus(failedAttempts()));
    }

    /** Returns a copy whose output is the answer. */
    CallRecord asAnswer() {
        return new CallRecord(Purpose.ANSWER, upstream, model, attempts, usage, failed, state, true);
    }

    /** Returns a copy whose output was not shown to the client. */
    CallRecord asDiscarded() {
        return new CallRecord(purpose, upstream, model, attempts, usage, failed, state, false);
    }

    /** The cost of all attempts; null if one of their models has no price. */
    public @Nullable BigDecimal cost(PriceList prices) {
        BigDecimal cost = attempts == 0 ? BigDecimal.ZERO : cost(prices, upstream, model, usage);
        for (FailedAttempts attempt : failed) {
            BigDecimal more = cost(prices, attempt.upstream, attempt.model, attempt.usage);
            cost = cost == null || more == null ? null : cost.add(more);
        }
        return cost;
    }

    private static @Nullable BigDecimal cost(PriceList prices, String upstream, String model, Usage usage) {
        Price price = prices.of(upstream, model);
        return price == null ? null : price.cost(usage);
    }
}
