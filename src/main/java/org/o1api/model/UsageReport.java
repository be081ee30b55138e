package org.o1api.model;

import java.util.Locale;

/** What the {@code usage} of a reply reports. */
public enum UsageReport {
    /** The turn as if one call had produced it: clients decide by it when their context is full. */
    ANSWER,
    /** The totals of all calls of the turn. */
    TURN;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** The value as the config spells it. */
    public String wireName() {
        return wireName;
    }
}
