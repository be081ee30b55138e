package org.o1api.reasoning.steps;

import org.o1api.model.FinishReason;
import org.o1api.reasoning.Strategy;
import org.o1api.reasoning.TurnContext;

/**
 * The steps strategy: the model reasons in steps, one call each, and a closing call generates the answer. With a maximum of 0
 * steps it answers directly.
 */
public final class StepsStrategy implements Strategy {
    @Override
    public FinishReason run(TurnContext turn) {
        return new StepsTurn(turn.prompt(), turn.preset(), turn.calls(), turn.log()).run();
    }
}
