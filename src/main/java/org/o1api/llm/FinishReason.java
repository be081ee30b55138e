package org.o1api.llm;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why a model stopped, in the words of OpenAI's chat API. */
public enum FinishReason {
    STOP,
    LENGTH,
    TOOL_CALLS,
    CONTENT_FILTER;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** The reason as JSON spells it. */
    public String wireName() {
        return wireName;
    }

    /** The reason that an upstream gave; one that is not OpenAI's ({@code eos}, {@code function_call}) by what it means. */
    public static FinishReason ofWire(@Nullable String name) {
        return switch (name == null ? "" : name) {
            case "length", "max_tokens" -> LENGTH;
            case "tool_calls", "function_call" -> TOOL_CALLS;
            case "content_filter", "safety" -> CONTENT_FILTER;
            default -> STOP;
        };
    }
}
