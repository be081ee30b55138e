package org.o1api.reasoning.text;

import org.jspecify.annotations.Nullable;
import org.o1api.model.Effort;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.Prompt.MaxTokens;
import org.o1api.reasoning.TurnContext;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.CallRequest.EarlierReasoning;

/**
 * The requests whose reply is the answer, with everything that the caller asked for.
 *
 * @param keepsReasoning whether the provider gets the reasoning of all earlier answers
 * @param effort how much the model itself should reason; null: as much as it does by default
 * @param limit the answer's limit of output tokens; null if it has none
 */
public record AnswerRequests(
        Prompt prompt,
        String model,
        boolean keepsReasoning,
        @Nullable Effort effort,
        @Nullable MaxTokens limit) {
    /** The requests of one turn, with the caller's limit of output tokens. */
    public static AnswerRequests of(TurnContext turn) {
        Preset preset = turn.preset();
        Prompt prompt = turn.prompt();
        return new AnswerRequests(prompt, preset.model(), preset.history().reasoning(), null, prompt.maxTokens());
    }

    /** Returns a copy with another effort. */
    public AnswerRequests withEffort(@Nullable Effort other) {
        return new AnswerRequests(prompt, model, keepsReasoning, other, limit);
    }

    /** Returns a copy with another limit. */
    public AnswerRequests withLimit(@Nullable MaxTokens other) {
        return new AnswerRequests(prompt, model, keepsReasoning, effort, other);
    }

    /** The request for an answer to the caller's messages, unchanged. */
    public CallRequest answer() {
        return answer(new CallMessages(prompt.messages(), EarlierReasoning.NONE.continuedFrom()));
    }

    /** The request for an answer to these messages. */
    public CallRequest answer(CallMessages messages) {
        CallFields fields = new CallFields(prompt);
        if (limit != null) {
            fields.add(limit);
        }
        fields.addTools();
        fields.addClosingFields();
        return fields.request(model, messages, keepsReasoning).withEffort(effort);
    }
}
