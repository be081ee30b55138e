package org.o1api.model;

import java.util.Locale;

/** The role of a message's author, as defined by OpenAI's chat API. */
public enum Role {
    SYSTEM,
    DEVELOPER,
    USER,
    ASSISTANT,
    TOOL,
    FUNCTION;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** The value in JSON. */
    public String wireName() {
        return wireName;
    }

    /** Whether the message contains instructions for the model. */
    public boolean isInstruction() {
        return this == SYSTEM || this == DEVELOPER;
    }

    /** Whether the message is the result of a tool call. */
    public boolean isToolResult() {
        return this == TOOL || this == FUNCTION;
    }
}
