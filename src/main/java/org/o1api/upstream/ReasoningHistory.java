package org.o1api.upstream;

import java.util.Locale;
import org.o1api.model.Message;

/** Whether a provider gets back the reasoning that a client sends with an earlier answer. */
public enum ReasoningHistory {
    /** Never. */
    DROP,
    /** With answers that call tools: DeepSeek and Kimi reject such a history without it. */
    TOOL_TURNS,
    /** Always. */
    KEEP;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** The value as the config spells it. */
    public String wireName() {
        return wireName;
    }

    boolean appliesTo(Message message) {
        return switch (this) {
            case DROP -> false;
            case TOOL_TURNS -> message.fields().containsKey("tool_calls");
            case KEEP -> true;
        };
    }
}
