package org.o1api.reasoning.text;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.o1api.model.RawJson;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.Prompt.MaxTokens;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.CallRequest.EarlierReasoning;

/** The fields of one call's request: the caller's, then the gateway's own. Without a caller's temperature it is 0.2. */
public final class CallFields {
    private static final RawJson TEMPERATURE = new RawJson("0.2");

    private final Prompt prompt;
    private final Map<String, RawJson> all;
    private final Set<String> removable = new HashSet<>();

    /** Starts with the fields that the caller set for all calls. */
    public CallFields(Prompt prompt) {
        this.prompt = prompt;
        all = new LinkedHashMap<>(prompt.fields());
        if (!all.containsKey("temperature") && !prompt.closingFields().containsKey("temperature")) {
            addRemovable("temperature", TEMPERATURE);
        }
    }

    /** Adds a field that is left out if the provider rejects it. */
    public void addRemovable(String name, RawJson value) {
        all.put(name, value);
        removable.add(name);
    }

    /** Adds a limit of output tokens. */
    public void add(MaxTokens limit) {
        all.put(limit.field(), number(limit));
    }

    /** Adds a limit of output tokens that is left out if the provider rejects it. */
    public void addRemovable(MaxTokens limit) {
        addRemovable(limit.field(), number(limit));
    }

    private static RawJson number(MaxTokens limit) {
        return new RawJson(Long.toString(limit.limit()));
    }

    /** Adds the caller's tools. Returns whether there are any. */
    public boolean addTools() {
        RawJson tools = prompt.tools();
        if (tools != null) {
            all.put("tools", tools);
        }
        return tools != null;
    }

    /** Adds the fields that the caller set for the answer. */
    void addClosingFields() {
        all.putAll(prompt.closingFields());
    }

    /**
     * Creates the request.
     *
     * @param keepsReasoning whether the provider gets the reasoning of all earlier answers
     */
    public CallRequest request(String model, CallMessages messages, boolean keepsReasoning) {
        EarlierReasoning earlier = new EarlierReasoning(keepsReasoning, messages.continuedFrom());
        return new CallRequest(model, messages.messages(), all, removable, earlier);
    }
}
