package org.o1api.reasoning.direct;

import org.jspecify.annotations.Nullable;
import org.o1api.model.Effort;
import org.o1api.model.FinishReason;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Prompt;
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
        Preset preset = turn.preset();
        Prompt prompt = turn.prompt();
        AnswerRequests requests =
                new AnswerRequests(prompt, preset.model(), preset.history().reasoning());
        return new DirectAnswer(turn, 1)
                .answer(requests.answer(prompt.maxTokens()).withEffort(effort));
    }

    /** The effort is the model's. */
    @Override
    public DirectStrategy withEffort(Effort newEffort) {
        return new DirectStrategy(newEffort);
    }
}
