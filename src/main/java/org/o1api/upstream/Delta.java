package org.o1api.upstream;

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
     * More of a tool call.
     *
     * @param index which of the reply's tool calls
     * @param id only in the call's first delta
     * @param name only in the call's first delta
     * @param arguments the next piece of the arguments' JSON text
     */
    record ToolCall(
            int index, @Nullable String id, @Nullable String name, String arguments) implements Delta {}
}
