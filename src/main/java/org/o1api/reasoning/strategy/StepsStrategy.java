package org.o1api.reasoning.strategy;

import org.o1api.model.FinishReason;
import org.o1api.reasoning.ModelCalls;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.Strategy;
import org.o1api.reasoning.TurnListener;

/**
 * The steps strategy: the model reasons in steps, one call each, and a closing call generates the answer. With a maximum of 0
 * steps it answers directly.
 */
public final class StepsStrategy implements Strategy {
    @Override
    public FinishReason run(Prompt prompt, Preset preset, ModelCalls calls, TurnListener out) {
        return new StepsTurn(prompt, preset, calls, out).run();
    }
}
