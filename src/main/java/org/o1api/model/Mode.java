package org.o1api.model;

import java.util.Locale;

/** How a preset is used: as configured, or with more calls (OpenAI's {@code reasoning.mode}). */
public enum Mode {
    STANDARD,
    PRO;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** The value in requests. */
    public String wireName() {
        return wireName;
    }
}
