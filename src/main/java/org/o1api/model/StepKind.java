package org.o1api.model;

import java.util.Locale;

/** What a visible step shows. */
public enum StepKind {
    /** Part of one line of reasoning. */
    STEP,
    /** One of several answers that are generated at the same time. */
    SAMPLE,
    /** A comparison of answers by the model. */
    JUDGE,
    /** The result of comparing several answers. */
    VOTE;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** The value of {@code kind} in a trace. */
    public String wireName() {
        return wireName;
    }
}
