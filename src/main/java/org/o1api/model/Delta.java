package org.o1api.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A piece of a model's reply. Pieces of one kind that arrive together are joined. */
public sealed interface Delta {
    /** A piece of the answer's text. */
    record Text(String text) implements Delta {}

    /** A piece of the text with which the model refuses to answer. */
    record Refusal(String text) implements Delta {}

    /** A piece of the model's own reasoning, from models that show it. */
    record Reasoning(String text) implements Delta {}

    /**
     * An image.
     *
     * @param json as sent by the provider, for instance {@code {"type": "image_url", "image_url": {"url": "data:..."}}}
     */
    record Image(RawJson json) implements Delta {}

    /**
     * A piece of a tool call.
     *
     * @param index which of the reply's tool calls
     * @param id only in the call's first piece
     * @param name only in the call's first piece
     * @param arguments the next piece of the arguments' JSON text
     * @param fields fields that are not in OpenAI's API, such as {@code extra_content} with a signature; under {@link #FUNCTION} an
     *     object with the extra fields of the function
     */
    record ToolCall(
            int index, @Nullable String id, @Nullable String name, String arguments, Map<String, RawJson> fields)
            implements Delta {
        /** The key of a call's function. */
        public static final String FUNCTION = "function";

        public ToolCall {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }

        /** A piece without extra fields. */
        public ToolCall(int index, @Nullable String id, @Nullable String name, String arguments) {
            this(index, id, name, arguments, Map.of());
        }
    }
}
