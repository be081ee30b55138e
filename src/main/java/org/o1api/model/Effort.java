package org.o1api.model;

import java.util.Locale;
import java.util.Optional;

/**
 * How much a caller wants the model to reason, in the words of OpenAI and of those who speak its language. Each surface reads it from
 * its own fields; each strategy says what it means.
 */
public enum Effort {
    NONE,
    MINIMAL,
    LOW,
    MEDIUM,
    HIGH,
    XHIGH,
    MAX;

    private static final long LOW_BELOW = 2048;
    private static final long MEDIUM_BELOW = 16_384;
    private static final long HIGH_BELOW = 32_768;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** The effort as requests spell it. */
    public String wireName() {
        return wireName;
    }

    public static Optional<Effort> fromWireName(String name) {
        for (Effort effort : values()) {
            if (effort.wireName.equals(name)) {
                return Optional.of(effort);
            }
        }
        return Optional.empty();
    }

    /**
     * The effort that a budget of reasoning tokens stands for: other APIs count tokens where we count steps.
     *
     * @param tokens 0 or more; 0 leaves nothing to reason with
     */
    public static Effort fromTokenBudget(long tokens) {
        if (tokens < 0) {
            throw new IllegalArgumentException("a token budget must not be negative: " + tokens);
        }
        if (tokens == 0) {
            return NONE;
        }
        return tokens < LOW_BELOW ? LOW : tokens < MEDIUM_BELOW ? MEDIUM : tokens < HIGH_BELOW ? HIGH : XHIGH;
    }
}
