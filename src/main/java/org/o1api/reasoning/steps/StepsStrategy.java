package org.o1api.reasoning.steps;

import org.o1api.model.Effort;
import org.o1api.model.FinishReason;
import org.o1api.reasoning.Strategy;
import org.o1api.reasoning.TurnContext;

/** The steps strategy of a preset. */
record StepsStrategy(Steps steps, StepPrompts prompts, Notes notes) implements Strategy {
    @Override
    public String name() {
        return StepsStrategyType.NAME;
    }

    @Override
    public FinishReason run(TurnContext turn) {
        return new StepsTurn(this, turn).run();
    }

    @Override
    public boolean reasons() {
        return steps.max() > 0;
    }

    @Override
    public StepsStrategy withEffort(Effort effort) {
        return new StepsStrategy(steps.withEffort(effort), prompts, notes);
    }
}
