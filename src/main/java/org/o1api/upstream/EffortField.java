package org.o1api.upstream;

import java.util.Locale;
import org.o1api.model.Effort;
import org.o1api.model.RawJson;

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

    private static final long LOW_TOKENS = 1024;
    private static final long MEDIUM_TOKENS = 8192;
    private static final long HIGH_TOKENS = 24_576;
    private static final long XHIGH_TOKENS = 32_768;
    private static final long MAX_TOKENS = 65_536;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** The value in the config; except for {@link #NONE} also the name of the field. */
    public String wireName() {
        return wireName;
    }

    /** Adds the field with the request's effort, if there are both. A provider may reject it: then it is omitted. */
    CallRequest addTo(CallRequest request) {
        Effort effort = request.effort();
        return effort == null || this == NONE
                ? request
                : request.withRemovableField(wireName, new RawJson(value(effort)));
    }

    private String value(Effort effort) {
        String quoted = '"' + effort.wireName() + '"';
        return switch (this) {
            case NONE, REASONING_EFFORT -> quoted;
            case REASONING -> "{\"effort\":" + quoted + "}";
            case THINKING ->
                effort == Effort.NONE
                        ? "{\"type\":\"disabled\"}"
                        : "{\"type\":\"enabled\",\"budget_tokens\":" + tokens(effort) + "}";
        };
    }

    /**
     * The token budget of an effort. {@link Effort#fromTokenBudget} maps it back, except that 1024 tokens, the least that Anthropic
     * allows, are {@code LOW}, and that there is no budget for {@code MAX}.
     */
    static long tokens(Effort effort) {
        return switch (effort) {
            case NONE -> 0;
            case MINIMAL, LOW -> LOW_TOKENS;
            case MEDIUM -> MEDIUM_TOKENS;
            case HIGH -> HIGH_TOKENS;
            case XHIGH -> XHIGH_TOKENS;
            case MAX -> MAX_TOKENS;
        };
    }
}
