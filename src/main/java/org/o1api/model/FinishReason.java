package org.o1api.model;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why a model stopped, as defined by OpenAI's chat API. */
public enum FinishReason {
    STOP,
    LENGTH,
    TOOL_CALLS,
    CONTENT_FILTER;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** The value in JSON. */
    public String wireName() {
        return wireName;
    }

    /** Whether a reply that ended for this reason is complete. */
    public boolean isComplete() {
        return switch (this) {
            case STOP, TOOL_CALLS -> true;
            case LENGTH, CONTENT_FILTER -> false;
        };
    }

    /** Returns the reason with this wire name; {@code STOP} if the name is unknown. */
    public static FinishReason fromWireName(@Nullable String name) {
        for (FinishReason reason : values()) {
            if (reason.wireName.equals(name)) {
                return reason;
            }
        }
        return STOP;
    }
}
