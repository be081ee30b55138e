package org.o1api.upstream;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.o1api.model.Message;
import org.o1api.model.RawJson;

/**
 * What one call asks.
 *
 * @param model the upstream's name of the model
 * @param fields the other fields of the request body ({@code temperature}, {@code response_format}, ...), in their order;
 *     never {@code model}, {@code messages}, {@code stream} or {@code stream_options}
 * @param droppable which of the fields are ours and may be left out for an upstream that refuses them; the caller's own are
 *     never dropped in silence
 * @param earlierReasoning what becomes of the reasoning that the messages carry
 */
public record CallRequest(
        String model,
        List<Message> messages,
        Map<String, RawJson> fields,
        Set<String> droppable,
        EarlierReasoning earlierReasoning) {
    public CallRequest {
        messages = List.copyOf(messages);
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        droppable = Set.copyOf(droppable);
    }

    CallRequest withModel(String other) {
        return new CallRequest(other, messages, fields, droppable, earlierReasoning);
    }

    CallRequest withField(String field, RawJson value) {
        Map<String, RawJson> changed = new LinkedHashMap<>(fields);
        changed.put(field, value);
        return new CallRequest(model, messages, changed, droppable, earlierReasoning);
    }

    /** A call that passes no earlier reasoning on, unless the upstream's settings say so. */
    public CallRequest(String model, List<Message> messages, Map<String, RawJson> fields, Set<String> droppable) {
        this(model, messages, fields, droppable, EarlierReasoning.NONE);
    }

    /** A call of which nothing may be left out. */
    public CallRequest(String model, List<Message> messages, Map<String, RawJson> fields) {
        this(model, messages, fields, Set.of());
    }

    /**
     * What becomes of the reasoning of earlier answers ({@link Message#reasoning}).
     *
     * @param sendAll whether all of it is sent in its own fields, whatever the upstream's settings say
     * @param continuedFrom the index of the first message of the exchange that the call continues: from there on the reasoning
     *     reaches the model, as text before the content if the provider gets no field of it; the number of messages or more: none does
     */
    public record EarlierReasoning(boolean sendAll, int continuedFrom) {
        public static final EarlierReasoning NONE = new EarlierReasoning(false, Integer.MAX_VALUE);
    }
}
