package org.o1api.reasoning.text;

import org.jspecify.annotations.Nullable;
import org.o1api.reasoning.ModelCalls;
import org.o1api.reasoning.Prompt.MaxTokens;

/**
 * Divides the caller's limit of output tokens between steps and answer: the steps may use half, the answer gets the rest.
 * Counts what the client gets ({@link org.o1api.model.TurnLedger#answerUsage}); discarded output counts against the budget
 * only.
 */
public final class OutputTokenShare {
    private final @Nullable MaxTokens callerLimit;
    private final ModelCalls calls;

    /**
     * Creates the shares of one turn.
     *
     * @param callerLimit null if the caller set none
     */
    public OutputTokenShare(@Nullable MaxTokens callerLimit, ModelCalls calls) {
        this.callerLimit = callerLimit;
        this.calls = calls;
    }

    /** Whether another step may use output tokens. */
    public boolean hasTokensForStep() {
        return callerLimit == null || leftForSteps(callerLimit) > 0;
    }

    /** The limit for the next step, in the field that the caller used; null if the caller set none. */
    public @Nullable MaxTokens forStep() {
        return callerLimit == null ? null : new MaxTokens(callerLimit.field(), leftForSteps(callerLimit));
    }

    /**
     * The limit for the answer: what the steps left, but at least half of the caller's limit even if the steps exceeded theirs.
     */
    public @Nullable MaxTokens forAnswer() {
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
