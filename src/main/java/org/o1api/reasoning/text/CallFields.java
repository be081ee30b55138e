package org.o1api.reasoning.text;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.o1api.model.RawJson;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.Prompt.MaxTokens;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.CallRequest.EarlierReasoning;

/**
 * The fields of one call's request: the caller's, then the gateway's own. Without a caller's temperature it is 0.2, unless another
 * one is given.
 */
public final class CallFields {
    private static final RawJson TEMPERATURE = new RawJson("0.2");

    private final Prompt prompt;
    private final Map<String, RawJson> all;
    private final Set<String> removable = new HashSet<>();

    /** Starts with the fields that the caller set for all calls. */
    public CallFields(Prompt prompt) {
        this(prompt, TEMPERATURE);
    }

    /**
     * Starts with the fields that the caller set for all calls.
     *
     * @param temperature used if the caller set none
     */
    public CallFields(Prompt prompt, RawJson temperature) {
        this.prompt = prompt;
        all = new LinkedHashMap<>(prompt.fields());
        if (!all.containsKey("temperature") && !prompt.closingFields().containsKey("temperature")) {
            addRemovable("temperature", temperature);
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
    public void addClosingFields() {
        all.putAll(prompt.closingFields());
    }

    /** Adds those of the fields that the caller set for the answer that have one of these names. */
    public void addClosingFields(Set<String> names) {
        prompt.closingFields().forEach((name, value) -> {
            if (names.contains(name)) {
                all.put(name, value);
            }
        });
    }

    /** Replaces the value of a field if it is present. */
    public void replace(String name, UnaryOperator<RawJson> change) {
        all.computeIfPresent(name, (key, value) -> change.apply(value));
    }

    /**
     * Creates the request.
     *
     * @param keepsReasoning whether the provider gets the reasoning of all earlier answers
     */
    public CallRequest request(String model, CallMessages messages, boolean keepsReasoning) {
        CallMessages sent = messages.withAttachmentsAsMessages();
        EarlierReasoning earlier = new EarlierReasoning(keepsReasoning, sent.continuedFrom());
        return new CallRequest(model, sent.messages(), all, removable, earlier);
    }
}
