package org.o1api.reasoning.vote;

import org.o1api.model.Effort;
import org.o1api.model.FinishReason;
import org.o1api.reasoning.Strategy;
import org.o1api.reasoning.TurnContext;

/**
 * The vote of a preset.
 *
 * @param max the number of samples, 1 to {@link #LIMIT}; 1: the model answers directly
 * @param notes the gateway's own words
 */
record VoteStrategy(int max, VoteNotes notes) implements Strategy {
    static final int LIMIT = 32;

    /** The smallest number of samples that can have a majority against another one. */
    private static final int MIN_VOTE = 3;

    VoteStrategy {
        if (max < 1 || max > LIMIT) {
            throw new IllegalArgumentException("a vote must have 1 to " + LIMIT + " samples, but has " + max);
        }
    }

    @Override
    public String name() {
        return VoteStrategyType.VOTE;
    }

    @Override
    public FinishReason run(TurnContext turn) {
        return new VoteTurn(this, turn).run();
    }

    /** Effort never raises the number of samples. */
    @Override
    public VoteStrategy withEffort(Effort effort) {
        return switch (effort) {
            case NONE -> withMax(1);
            case MINIMAL -> withMax(Math.min(MIN_VOTE, max));
            case LOW -> withMax(Math.min(Math.max(MIN_VOTE, (max + 1) / 2), max));
            case MEDIUM, HIGH, XHIGH, MAX -> this;
        };
    }

    private VoteStrategy withMax(int samples) {
        return new VoteStrategy(samples, notes);
    }
}
