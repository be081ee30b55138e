package org.o1api.model;

import java.util.Locale;
import java.util.Optional;

/**
 * How much reasoning the caller asks for, on OpenAI's scale with the extensions of other providers. Each API surface reads it
 * from its own fields; {@code Strategy#withEffort} says what it means.
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

    /** The value in requests. */
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
     * Maps a budget of reasoning tokens, which other APIs use, to an effort.
     *
     * @param tokens must not be negative; 0 is {@code NONE}
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
