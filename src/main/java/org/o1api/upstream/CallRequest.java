package org.o1api.upstream;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.o1api.llm.Message;
import org.o1api.llm.RawJson;

/**
 * What one call asks.
 *
 * @param model the upstream's name of the model
 * @param fields the other fields of the request body ({@code temperature}, {@code response_format}, ...), in their order;
 *     never {@code model}, {@code messages}, {@code stream} or {@code stream_options}
 */
public record CallRequest(String model, List<Message> messages, Map<String, RawJson> fields) {
    public CallRequest {
        messages = List.copyOf(messages);
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }
}
