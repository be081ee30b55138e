package org.o1api.reasoning.strategy;

import org.jspecify.annotations.Nullable;
import org.o1api.reasoning.ModelCalls;
import org.o1api.reasoning.Prompt.MaxTokens;

/**
 * How the caller's limit of output tokens is shared: the steps may use half of it, the answer gets the rest, at least the other half. It
 * limits what the client gets ({@link org.o1api.model.TurnLedger#answerUsage}); what was made again is the budget's matter.
 */
final class OutputTokenShare {
    private final @Nullable MaxTokens whole;
    private final ModelCalls thinker;

    OutputTokenShare(@Nullable MaxTokens whole, ModelCalls thinker) {
        this.whole = whole;
        this.thinker = thinker;
    }

    boolean hasTokensForStep() {
        return whole == null || leftForSteps(whole) > 0;
    }

    /** The next step's limit, under the name that the caller used. */
    @Nullable
    MaxTokens forStep() {
        return whole == null ? null : new MaxTokens(whole.field(), leftForSteps(whole));
    }

    /** The answer's limit: what the steps left, and half of the whole even if they used more than they were allowed to. */
    @Nullable
    MaxTokens forAnswer() {
        if (whole == null) {
            return null;
        }
        long half = whole.limit() - whole.limit() / 2;
        return new MaxTokens(whole.field(), Math.max(half, whole.limit() - used()));
    }

    private long leftForSteps(MaxTokens limit) {
        return limit.limit() / 2 - used();
    }

    private long used() {
        return thinker.ledger().answerUsage().outputTokens();
    }
}
