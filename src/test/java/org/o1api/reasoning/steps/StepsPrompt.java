package org.o1api.reasoning.steps;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.reasoning.Prompt;

/** A prompt and the steps to take for it. */
record StepsPrompt(Prompt prompt, Steps steps) {
    StepsPrompt(
            List<Message> messages,
            Map<String, RawJson> fields,
            @Nullable RawJson tools,
            Map<String, RawJson> closingFields,
            Prompt.@Nullable MaxTokens maxTokens,
            Steps steps) {
        this(new Prompt(messages, fields, tools, closingFields, maxTokens), steps);
    }

    StepsStrategy strategy(StepPrompts prompts, Notes notes) {
        return new StepsStrategy(steps, prompts, notes);
    }
}
