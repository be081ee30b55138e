package org.o1api.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

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

    /**
     * The fields that providers add to a call and need back: {@code extra_content} has Gemini's signature. Strict providers reject others.
     */
    private static final Set<String> PROVIDER_FIELDS = Set.of("extra_content");

    /** A call of a function without other fields. */
    public ToolCall(String id, String name, String arguments) {
        this(id, name, arguments, Map.of());
    }

    /**
     * Of the fields of a call, those that providers add and need back. The APIs other than Chat Completions have them in their form of a
     * call, so that clients that keep unknown fields send them back; all other unknown fields are left out there.
     */
    public static <V> Map<String, V> providerFields(Map<String, V> fields) {
        Map<String, V> found = new LinkedHashMap<>(fields);
        found.keySet().retainAll(PROVIDER_FIELDS);
        return found;
    }
}
