package org.o1api.reasoning.vote;

import org.o1api.model.Effort;
import org.o1api.model.FinishReason;
import org.o1api.reasoning.Strategy;
import org.o1api.reasoning.TurnContext;
import org.o1api.reasoning.sampling.SampleVote;
import org.o1api.reasoning.sampling.VoteSettings;

/**
 * The vote of a preset.
 *
 * @param settings how many samples it takes
 * @param single answers with little effort, and if the budget has no calls for a vote
 */
record VoteStrategy(VoteSettings settings, Strategy single) implements Strategy {
    @Override
    public String name() {
        return VoteStrategyType.NAME;
    }

    @Override
    public FinishReason run(TurnContext turn) {
        if (settings.max() == 1 || !SampleVote.isPossible(turn, 2)) {
            return single.run(turn);
        }
        try (SampleVote vote = new SampleVote(turn, settings)) {
            return vote.vote();
        }
    }

    @Override
    public Strategy withEffort(Effort effort) {
        return switch (effort) {
            case NONE, MINIMAL, LOW -> single.withEffort(effort);
            case MEDIUM, HIGH, XHIGH, MAX -> new VoteStrategy(settings.withEffort(effort), single);
        };
    }
}
