package org.o1api.model;

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

    /** The reason that {@link #wireName} spells; {@code STOP} if there is none of this name. */
    public static FinishReason fromWireName(@Nullable String name) {
        for (FinishReason reason : values()) {
            if (reason.wireName.equals(name)) {
                return reason;
            }
        }
        return STOP;
    }
}
