package org.o1api.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A complete tool call of an earlier answer.
 *
 * @param id empty if it has none
 * @param name of the function; empty if the call is of another type than {@code function}
 * @param arguments of the function: JSON text as the model wrote it, which may be invalid or empty
 * @param fields the other fields, in their order: {@code type} unless it is {@code function}, and fields that are not in OpenAI's
 *     API, such as {@code extra_content}; under {@link Delta.ToolCall#FUNCTION} an object with the other fields of the function
 */
public record ToolCall(String id, String name, String arguments, Map<String, RawJson> fields) {
    public ToolCall {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /** A call of a function without other fields. */
    public ToolCall(String id, String name, String arguments) {
        this(id, name, arguments, Map.of());
    }
}
