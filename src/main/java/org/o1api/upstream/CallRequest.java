package org.o1api.upstream;

import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Effort;
import org.o1api.model.Message;
import org.o1api.model.RawJson;

/**
 * The request of one call.
 *
 * @param model the provider's name of the model
 * @param fields the other fields of the request body ({@code temperature}, {@code response_format}, ...) in their order; never
 *     {@code model}, {@code messages}, {@code stream} or {@code stream_options}
 * @param removable which of the fields the gateway has added and may omit if a provider rejects them; fields that the caller sent
 *     are never dropped silently
 * @param effort how much the model itself is to reason, sent in the field that is configured for the model; null: not specified
 * @param earlierReasoning how the reasoning of earlier messages is sent
 */
public record CallRequest(
        String model,
        List<Message> messages,
        Map<String, RawJson> fields,
        Set<String> removable,
        @Nullable Effort effort,
        EarlierReasoning earlierReasoning) {
    public CallRequest {
        messages = List.copyOf(messages);
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        removable = Set.copyOf(removable);
    }

    CallRequest withModel(String other) {
        return new CallRequest(other, messages, fields, removable, effort, earlierReasoning);
    }

    CallRequest withField(String field, RawJson value) {
        Map<String, RawJson> changed = new LinkedHashMap<>(fields);
        changed.put(field, value);
        return new CallRequest(model, messages, changed, removable, effort, earlierReasoning);
    }

    /** Returns a copy with a field that may be omitted. */
    CallRequest withRemovableField(String field, RawJson value) {
        Set<String> changed = new HashSet<>(removable);
        changed.add(field);
        return new CallRequest(model, messages, fields, changed, effort, earlierReasoning).withField(field, value);
    }

    /** Returns a copy with another effort. */
    public CallRequest withEffort(@Nullable Effort other) {
        return new CallRequest(model, messages, fields, removable, other, earlierReasoning);
    }

    /** A request without an effort. */
    public CallRequest(
            String model,
            List<Message> messages,
            Map<String, RawJson> fields,
            Set<String> removable,
            EarlierReasoning earlierReasoning) {
        this(model, messages, fields, removable, null, earlierReasoning);
    }

    /** A request that sends no earlier reasoning unless the upstream is configured to. */
    public CallRequest(String model, List<Message> messages, Map<String, RawJson> fields, Set<String> removable) {
        this(model, messages, fields, removable, EarlierReasoning.NONE);
    }

    /** A request without removable fields. */
    public CallRequest(String model, List<Message> messages, Map<String, RawJson> fields) {
        this(model, messages, fields, Set.of());
    }

    /**
     * How the reasoning of earlier answers ({@link Message#reasoning}) is sent.
     *
     * @param sendAll whether all of it is sent in its own fields, whatever the upstream's {@code reasoning_history}
     * @param continuedFrom the index of the first message of the exchange that this call continues. The reasoning of messages from
     *     there on always reaches the model: as text before the content if it is sent in no field. If it is the number of messages
     *     or more, this applies to no message
     */
    public record EarlierReasoning(boolean sendAll, int continuedFrom) {
        public static final EarlierReasoning NONE = new EarlierReasoning(false, Integer.MAX_VALUE);
    }
}
