package org.o1api.reasoning.strategy;

import org.jspecify.annotations.Nullable;
import org.o1api.reasoning.Question.MaxTokens;
import org.o1api.reasoning.Thinker;

/**
 * How the caller's limit of output tokens is shared: the steps may use half of it, the answer gets the rest. It limits what the client gets
 * ({@link org.o1api.llm.TurnLedger#answer}); what was made again is the budget's matter.
 */
final class Allowance {
    private final @Nullable MaxTokens whole;
    private final Thinker thinker;

    Allowance(@Nullable MaxTokens whole, Thinker thinker) {
        this.whole = whole;
        this.thinker = thinker;
    }

    boolean mayThink() {
        return whole == null || left(whole.limit() / 2) > 0;
    }

    /** The next step's bound, under the name that the caller used. */
    @Nullable
    MaxTokens forThinking() {
        return whole == null ? null : new MaxTokens(whole.field(), left(whole.limit() / 2));
    }

    /** The answer's bound: at least 1, whatever the thinking took. */
    @Nullable
    MaxTokens forAnswer() {
        return whole == null ? null : new MaxTokens(whole.field(), Math.max(1, left(whole.limit())));
    }

    private long left(long limit) {
        return limit - thinker.ledger().answer().outputTokens();
    }
}
