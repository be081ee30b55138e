package org.o1api.upstream;

import java.util.Locale;

/** The field of a request in which a model takes how much it should reason. Providers differ. */
public enum EffortField {
    /** The model takes no effort: none is sent. */
    NONE,
    /** OpenAI's {@code "reasoning_effort": "high"}. */
    REASONING_EFFORT,
    /** OpenRouter's {@code "reasoning": {"effort": "high"}}. */
    REASONING,
    /** Anthropic's {@code "thinking": {"type": "enabled", "budget_tokens": 24576}}. */
    THINKING;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** The value in the config; except for {@link #NONE} also the name of the field. */
    public String wireName() {
        return wireName;
    }
}
