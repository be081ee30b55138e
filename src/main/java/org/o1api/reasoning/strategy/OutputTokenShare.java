package org.o1api.reasoning.strategy;

import org.jspecify.annotations.Nullable;
import org.o1api.reasoning.ModelCalls;
import org.o1api.reasoning.Prompt.MaxTokens;

/**
 * How the caller's limit of output tokens is shared: the steps may use half of it, the answer gets the rest, at least the other half. It
 * limits what the client gets ({@link org.o1api.model.TurnLedger#answerUsage}); what was made again is the budget's matter.
 */
final class OutputTokenShare {
    private final @Nullable MaxTokens callerLimit;
    private final ModelCalls calls;

    OutputTokenShare(@Nullable MaxTokens callerLimit, ModelCalls calls) {
        this.callerLimit = callerLimit;
        this.calls = calls;
    }

    boolean hasTokensForStep() {
        return callerLimit == null || leftForSteps(callerLimit) > 0;
    }

    /** The next step's limit, under the name that the caller used. */
    @Nullable
    MaxTokens forStep() {
        return callerLimit == null ? null : new MaxTokens(callerLimit.field(), leftForSteps(callerLimit));
    }

    /** The answer's limit: what the steps left, and half of the whole even if they used more than they were allowed to. */
    @Nullable
    MaxTokens forAnswer() {
        if (callerLimit == null) {
            return null;
        }
        long half = callerLimit.limit() - callerLimit.limit() / 2;
        return new MaxTokens(callerLimit.field(), Math.max(half, callerLimit.limit() - used()));
    }

    private long leftForSteps(MaxTokens limit) {
        return limit.limit() / 2 - used();
    }

    private long used() {
        return calls.ledger().answerUsage().outputTokens();
    }
}
