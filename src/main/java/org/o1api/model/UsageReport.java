package org.o1api.model;

import java.util.Locale;

/** What the {@code usage} of a reply reports. */
public enum UsageReport {
    /** The turn as if a single call had produced it. Clients use it to decide whether their context is full. */
    ANSWER,
    /** The totals of all calls of the turn. */
    TURN;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** The value in the configuration. */
    public String wireName() {
        return wireName;
    }
}
