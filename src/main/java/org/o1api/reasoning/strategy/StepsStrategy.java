package org.o1api.reasoning.strategy;

import org.o1api.model.FinishReason;
import org.o1api.reasoning.ModelCalls;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.Strategy;
import org.o1api.reasoning.TurnListener;

/** Has the model think in steps, a call each, and then asks it for the answer. Without steps it asks at once. */
public final class StepsStrategy implements Strategy {
    @Override
    public FinishReason run(Prompt prompt, Preset preset, ModelCalls calls, TurnListener out) {
        return new StepsTurn(prompt, preset, calls, out).run();
    }
}
