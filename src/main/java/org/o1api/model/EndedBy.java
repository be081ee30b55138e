package org.o1api.model;

import java.util.Locale;

/** Why a turn's reasoning ended. */
public enum EndedBy {
    /** The model was ready to answer. */
    ANSWERED,
    /** A vote was decided. */
    DECIDED,
    /** All steps or samples of the preset were used. */
    LIMIT,
    /** The model repeated itself. */
    LOOP,
    /** The model's context was full. */
    CONTEXT,
    /** The caller's limit of output tokens was used. */
    MAX_TOKENS,
    BUDGET_CALLS,
    BUDGET_TOKENS,
    BUDGET_TIME,
    BUDGET_COST;

    private final String wireName = name().toLowerCase(Locale.ROOT).replace("budget_", "budget.");

    /** The value of {@code x_o1.ended_by}. */
    public String wireName() {
        return wireName;
    }
}
