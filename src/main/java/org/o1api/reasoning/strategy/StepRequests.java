package org.o1api.reasoning.strategy;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.model.RawJson;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.Prompt.MaxTokens;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.CallRequest.EarlierReasoning;

/** Creates the requests of a turn from the caller's fields and the gateway's own. */
final class StepRequests {
    private static final RawJson TEMPERATURE = new RawJson("0.2");
    private static final RawJson JSON_OBJECT = new RawJson("{\"type\":\"json_object\"}");
    private static final RawJson NO_TOOL_CHOICE = new RawJson("\"none\"");
    /** The name of the gateway's own limit if the caller set none. A provider either supports it or asks for the other name. */
    private static final String MAX_TOKENS = "max_tokens";

    private final Prompt prompt;
    private final String model;
    private final boolean keepsReasoning;

    /**
     * Creates the requests of one turn.
     *
     * @param keepsReasoning whether the provider gets the reasoning of all earlier answers
     */
    StepRequests(Prompt prompt, String model, boolean keepsReasoning) {
        this.prompt = prompt;
        this.model = model;
        this.keepsReasoning = keepsReasoning;
    }

    /**
     * The request for a step: one JSON object. Tools are sent, but must not be called.
     *
     * @param callerLimit what is left of the caller's token limit; the step's own limit applies if it is lower
     */
    CallRequest step(CallMessages messages, @Nullable MaxTokens callerLimit, boolean asJson) {
        Fields fields = new Fields();
        long stepLimit = prompt.steps().tokens();
        if (callerLimit != null && callerLimit.limit() <= stepLimit) {
            // not removable: a provider that rejects it would reject the answer's limit too
            fields.all.put(callerLimit.field(), number(callerLimit));
        } else {
            MaxTokens limit = new MaxTokens(callerLimit == null ? MAX_TOKENS : callerLimit.field(), stepLimit);
            fields.addRemovable(limit.field(), number(limit));
        }
        if (fields.addTools()) {
            fields.addRemovable("tool_choice", NO_TOOL_CHOICE);
        }
        if (asJson) {
            fields.addRemovable("response_format", JSON_OBJECT);
        }
        return fields.request(messages);
    }

    /** The request for an answer without steps: the caller's messages unchanged. */
    CallRequest answer(@Nullable MaxTokens limit) {
        return answer(new CallMessages(prompt.messages(), EarlierReasoning.NONE.continuedFrom()), limit);
    }

    /** The request for the answer, with everything that the caller asked for. */
    CallRequest answer(CallMessages messages, @Nullable MaxTokens limit) {
        Fields fields = new Fields();
        if (limit != null) {
            fields.all.put(limit.field(), number(limit));
        }
        fields.addTools();
        fields.all.putAll(prompt.closingFields());
        return fields.request(messages);
    }

    private static RawJson number(MaxTokens limit) {
        return new RawJson(Long.toString(limit.limit()));
    }

    private final class Fields {
        private final Map<String, RawJson> all = new LinkedHashMap<>(prompt.fields());
        private final Set<String> removable = new HashSet<>();

        Fields() {
            if (!all.containsKey("temperature") && !prompt.closingFields().containsKey("temperature")) {
                addRemovable("temperature", TEMPERATURE);
            }
        }

        void addRemovable(String name, RawJson value) {
            all.put(name, value);
            removable.add(name);
        }

        boolean addTools() {
            RawJson tools = prompt.tools();
            if (tools != null) {
                all.put("tools", tools);
            }
            return tools != null;
        }

        CallRequest request(CallMessages messages) {
            EarlierReasoning earlier = new EarlierReasoning(keepsReasoning, messages.continuedFrom());
            return new CallRequest(model, messages.messages(), all, removable, earlier);
        }
    }
}
