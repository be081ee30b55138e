package org.o1api.reasoning.steps;

import org.jspecify.annotations.Nullable;
import org.o1api.model.RawJson;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.Prompt.MaxTokens;
import org.o1api.reasoning.text.CallFields;
import org.o1api.reasoning.text.CallMessages;
import org.o1api.upstream.CallRequest;

/** Creates the requests of a turn's steps from the caller's fields and the gateway's own. */
final class StepRequests {
    private static final RawJson JSON_OBJECT = new RawJson("{\"type\":\"json_object\"}");
    private static final RawJson NO_TOOL_CHOICE = new RawJson("\"none\"");
    /** The name of the gateway's own limit if the caller set none. A provider either supports it or asks for the other name. */
    private static final String MAX_TOKENS = "max_tokens";

    private final Prompt prompt;
    private final String model;
    private final boolean keepsReasoning;
    private final long stepTokens;

    /**
     * Creates the requests of one turn.
     *
     * @param keepsReasoning whether the provider gets the reasoning of all earlier answers
     * @param stepTokens the maximum output tokens of a step's call
     */
    StepRequests(Prompt prompt, String model, boolean keepsReasoning, long stepTokens) {
        this.prompt = prompt;
        this.model = model;
        this.keepsReasoning = keepsReasoning;
        this.stepTokens = stepTokens;
    }

    /**
     * The request for a step: one JSON object. Tools are sent, but must not be called.
     *
     * @param callerLimit what is left of the caller's token limit; the step's own limit applies if it is lower
     */
    CallRequest step(CallMessages messages, @Nullable MaxTokens callerLimit, boolean asJson) {
        CallFields fields = new CallFields(prompt);
        if (callerLimit != null && callerLimit.limit() <= stepTokens) {
            // not removable: a provider that rejects it would reject the answer's limit too
            fields.add(callerLimit);
        } else {
            fields.addRemovable(new MaxTokens(callerLimit == null ? MAX_TOKENS : callerLimit.field(), stepTokens));
        }
        if (fields.addTools()) {
            fields.addRemovable("tool_choice", NO_TOOL_CHOICE);
        }
        if (asJson) {
            fields.addRemovable("response_format", JSON_OBJECT);
        }
        return fields.request(model, messages, keepsReasoning);
    }
}
