package org.o1api.reasoning.single;

import org.o1api.model.Effort;
import org.o1api.model.FinishReason;
import org.o1api.reasoning.Strategy;
import org.o1api.reasoning.TurnContext;
import org.o1api.reasoning.direct.DirectStrategyType;
import org.o1api.reasoning.sampling.SamplePrompts;

/**
 * The single strategy of a preset.
 *
 * @param prompts the messages to the model
 * @param notes the gateway's own words
 */
record SingleStrategy(SamplePrompts prompts, SingleNotes notes) implements Strategy {
    @Override
    public String name() {
        return SingleStrategyType.NAME;
    }

    @Override
    public FinishReason run(TurnContext turn) {
        return new SingleTurn(this, turn).run();
    }

    /** One call has no more and no less effort, except none. */
    @Override
    public Strategy withEffort(Effort effort) {
        return effort == Effort.NONE ? DirectStrategyType.strategy().withEffort(effort) : this;
    }
}
