package org.o1api.model;

import java.util.Locale;

/** Who a message is from, in the words of OpenAI's chat API. */
public enum Role {
    SYSTEM,
    DEVELOPER,
    USER,
    ASSISTANT,
    TOOL,
    FUNCTION;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** The role as JSON spells it. */
    public String wireName() {
        return wireName;
    }

    /** Whether the message instructs the model rather than talks to it. */
    public boolean isInstruction() {
        return this == SYSTEM || this == DEVELOPER;
    }

    /** Whether the message is what a tool gave. */
    public boolean isToolResult() {
        return this == TOOL || this == FUNCTION;
    }
}
