package org.o1api.reasoning.direct;

import org.jspecify.annotations.Nullable;
import org.o1api.model.Effort;
import org.o1api.model.FinishReason;
import org.o1api.reasoning.Strategy;
import org.o1api.reasoning.TurnContext;
import org.o1api.reasoning.sampling.DirectAnswer;
import org.o1api.reasoning.text.AnswerRequests;

/**
 * The direct strategy of a preset.
 *
 * @param effort how much the model itself should reason; null: as much as it does by default
 */
record DirectStrategy(@Nullable Effort effort) implements Strategy {
    @Override
    public String name() {
        return DirectStrategyType.NAME;
    }

    @Override
    public FinishReason run(TurnContext turn) {
        return DirectAnswer.answer(turn, AnswerRequests.of(turn).withEffort(effort));
    }

    @Override
    public boolean reasons() {
        return false;
    }

    /** The effort is the model's. */
    @Override
    public DirectStrategy withEffort(Effort newEffort) {
        return new DirectStrategy(newEffort);
    }
}
