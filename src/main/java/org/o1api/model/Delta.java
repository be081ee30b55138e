package org.o1api.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an upstream sends, piece by piece. What has arrived together and is of one kind comes as one delta. */
public sealed interface Delta {
    /** More of the answer's text. */
    record Text(String text) implements Delta {}

    /** More of the text by which the model refuses to answer. */
    record Refusal(String text) implements Delta {}

    /** More of the model's own reasoning, from models that show it. */
    record Reasoning(String text) implements Delta {}

    /**
     * An image.
     *
     * @param json as the provider writes it, for instance {@code {"type": "image_url", "image_url": {"url": "data:..."}}}
     */
    record Image(RawJson json) implements Delta {}

    /**
     * More of a tool call.
     *
     * @param index which of the reply's tool calls
     * @param id only in the call's first delta
     * @param name only in the call's first delta
     * @param arguments the next piece of the arguments' JSON text
     * @param fields what the provider adds that OpenAI's API does not have, such as {@code extra_content} with a signature; under
     *     {@link #FUNCTION} an object of what it adds within the function
     */
    record ToolCall(
            int index, @Nullable String id, @Nullable String name, String arguments, Map<String, RawJson> fields)
            implements Delta {
        /** The key of the function of a call. */
        public static final String FUNCTION = "function";

        public ToolCall {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }

        /** A tool call as OpenAI's API has it. */
        public ToolCall(int index, @Nullable String id, @Nullable String name, String arguments) {
            this(index, id, name, arguments, Map.of());
        }
    }
}
