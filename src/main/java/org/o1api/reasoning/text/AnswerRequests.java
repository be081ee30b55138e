package org.o1api.reasoning.text;

import org.jspecify.annotations.Nullable;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.Prompt.MaxTokens;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.CallRequest.EarlierReasoning;

/** Creates the requests whose reply is the answer, with everything that the caller asked for. */
public final class AnswerRequests {
    private final Prompt prompt;
    private final String model;
    private final boolean keepsReasoning;

    /**
     * Creates the requests of one turn.
     *
     * @param keepsReasoning whether the provider gets the reasoning of all earlier answers
     */
    public AnswerRequests(Prompt prompt, String model, boolean keepsReasoning) {
        this.prompt = prompt;
        this.model = model;
        this.keepsReasoning = keepsReasoning;
    }

    /**
     * The request for an answer to the caller's messages, unchanged.
     *
     * @param limit the answer's limit of output tokens; null if it has none
     */
    public CallRequest answer(@Nullable MaxTokens limit) {
        return answer(new CallMessages(prompt.messages(), EarlierReasoning.NONE.continuedFrom()), limit);
    }

    /**
     * The request for an answer to these messages.
     *
     * @param limit the answer's limit of output tokens; null if it has none
     */
    public CallRequest answer(CallMessages messages, @Nullable MaxTokens limit) {
        CallFields fields = new CallFields(prompt);
        if (limit != null) {
            fields.add(limit);
        }
        fields.addTools();
        fields.addClosingFields();
        return fields.request(model, messages, keepsReasoning);
    }
}
