package org.o1api.reasoning.vote;

import org.o1api.model.Effort;
import org.o1api.model.FinishReason;
import org.o1api.reasoning.Strategy;
import org.o1api.reasoning.TurnContext;

/**
 * The vote of a preset.
 *
 * @param max the number of samples, 1 to {@link #LIMIT}; 1: the model answers directly
 */
record VoteStrategy(int max) implements Strategy {
    static final int LIMIT = 32;

    /** The smallest number of samples that can have a majority against another one. */
    private static final int MIN_VOTE = 3;

    VoteStrategy {
        if (max < 1 || max > LIMIT) {
            throw new IllegalArgumentException("a vote must have 1 to " + LIMIT + " samples, but has " + max);
        }
    }

    @Override
    public FinishReason run(TurnContext turn) {
        return new VoteTurn(max, turn).run();
    }

    /** Effort never raises the number of samples. */
    @Override
    public VoteStrategy withEffort(Effort effort) {
        return switch (effort) {
            case NONE -> new VoteStrategy(1);
            case MINIMAL -> new VoteStrategy(Math.min(MIN_VOTE, max));
            case LOW -> new VoteStrategy(Math.min(Math.max(MIN_VOTE, (max + 1) / 2), max));
            case MEDIUM, HIGH, XHIGH, MAX -> this;
        };
    }
}
