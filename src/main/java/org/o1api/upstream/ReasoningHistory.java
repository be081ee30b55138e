package org.o1api.upstream;

import java.util.Locale;
import org.o1api.model.Message;

/** For which earlier answers the reasoning is sent back to a provider. */
public enum ReasoningHistory {
    /** Never. */
    DROP,
    /** With answers that call tools: DeepSeek and Kimi reject such a history without the reasoning. */
    TOOL_TURNS,
    /** Always. */
    KEEP;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** The value in the configuration. */
    public String wireName() {
        return wireName;
    }

    boolean appliesTo(Message.Assistant answer) {
        return switch (this) {
            case DROP -> false;
            case TOOL_TURNS -> !answer.toolCalls().isEmpty();
            case KEEP -> true;
        };
    }
}
