package org.o1api.upstream;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.o1api.llm.Message;
import org.o1api.llm.RawJson;

/**
 * What one call asks.
 *
 * @param model the upstream's name of the model
 * @param fields the other fields of the request body ({@code temperature}, {@code response_format}, ...), in their order;
 *     never {@code model}, {@code messages}, {@code stream} or {@code stream_options}
 * @param droppable which of the fields are ours and may be left out for an upstream that refuses them; the caller's own are
 *     never dropped in silence
 */
public record CallRequest(String model, List<Message> messages, Map<String, RawJson> fields, Set<String> droppable) {
    public CallRequest {
        messages = List.copyOf(messages);
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        droppable = Set.copyOf(droppable);
    }

    CallRequest withModel(String other) {
        return new CallRequest(other, messages, fields, droppable);
    }

    /** A call of which nothing may be left out. */
    public CallRequest(String model, List<Message> messages, Map<String, RawJson> fields) {
        this(model, messages, fields, Set.of());
    }
}
