package org.o1api.api.request;

import com.fasterxml.jackson.core.JsonToken;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.o1api.api.RequestException;
import org.o1api.model.Effort;
import org.o1api.model.ErrorCode;
import org.o1api.model.Mode;
import org.o1api.model.RawJson;

/**
 * Reads the fields with which clients of several APIs specify how much to reason and whether to show it: those of
 * OpenAI, OpenRouter, DeepSeek and Anthropic. The gateway does the reasoning, so none of them is sent to a provider.
 * Unknown keys in them are ignored.
 *
 * <p>The first field that specifies an effort counts, in the order {@code reasoning_effort}, {@code reasoning},
 * {@code thinking}. Within a field with contradictory values, the switch ({@code enabled}, {@code disabled}) takes
 * precedence over the effort, and the effort over the number of tokens.
 */
public final class ReasoningOptionsReader {
    /** Values that mean the default effort. */
    private static final Set<String> DEFAULT_EFFORT_VALUES = Set.of("", "default", "auto");

    private static final String ALLOWED_EFFORT_VALUES =
            Arrays.stream(Effort.values()).map(Effort::wireName).collect(Collectors.joining(", ")) + ", default, auto";

    private final JsonReader json;
    private final boolean ignoresUnknownTypes;
    private @Nullable Effort topLevelEffort;
    private @Nullable Effort reasoningEffort;
    private @Nullable Effort thinkingEffort;
    private Mode mode = Mode.STANDARD;
    private @Nullable Boolean included;
    private boolean excluded;
    private boolean hasReasoningObject;
    private boolean usageIncluded;
    /** The keys of {@code reasoning} and {@code thinking} that affect no effort. */
    private final Map<String, RawJson> others = new HashMap<>();

    /** Creates a reader that rejects unknown values. */
    public ReasoningOptionsReader(JsonReader json) {
        this(json, false);
    }

    /**
     * Creates a reader.
     *
     * @param ignoresUnknownTypes whether a {@code thinking.type} that the gateway does not know specifies no effort, instead of being
     *     rejected
     */
    public ReasoningOptionsReader(JsonReader json, boolean ignoresUnknownTypes) {
        this.json = json;
        this.ignoresUnknownTypes = ignoresUnknownTypes;
    }

    /**
     * Reads the current value if the field is one of these.
     *
     * @return whether it is
     * @throws RequestException if the value is invalid
     */
    public boolean read(String name) {
        switch (name) {
            case "reasoning_effort" -> topLevelEffort = effort(name);
            case "reasoning" -> readReasoning(name);
            case "thinking" -> readThinking(name);
            case "include_reasoning" -> included = json.bool(name);
            case "usage" -> readUsage(name);
            default -> {
                return false;
            }
        }
        return true;
    }

    /** How much to reason; null: not specified. */
    public @Nullable Effort effort() {
        if (topLevelEffort != null) {
            return topLevelEffort;
        }
        return reasoningEffort != null ? reasoningEffort : thinkingEffort;
    }

    /** How the preset is used; the model's name may select pro mode, too. */
    public Mode mode() {
        return mode;
    }

    /** Whether to show the reasoning; null: not specified. */
    public @Nullable Boolean includeReasoning() {
        if (included != null) {
            return included;
        }
        return excluded ? Boolean.FALSE : null;
    }

    /** Whether the client uses OpenRouter's fields: such clients only read the field {@code reasoning}. */
    public boolean wantsReasoningField() {
        return hasReasoningObject || usageIncluded;
    }

    /** Whether the stream must end with a usage chunk. */
    public boolean includeUsage() {
        return usageIncluded;
    }

    /** Returns a key of the objects {@code reasoning} and {@code thinking} that has no effect here, unmodified; null if it is absent. */
    public @Nullable RawJson other(String key) {
        return others.get(key);
    }

    /**
     * Reads the current value as an effort.
     *
     * @return null: the default effort
     */
    public @Nullable Effort effort(String path) {
        String named = json.string(path);
        return DEFAULT_EFFORT_VALUES.contains(named)
                ? null
                : Effort.fromWireName(named)
                        .orElseThrow(
                                () -> invalid(path, "'" + path + "' must be one of " + ALLOWED_EFFORT_VALUES + "."));
    }

    /** The object {@code reasoning} of OpenAI and OpenRouter. */
    private void readReasoning(String path) {
        json.require(JsonToken.START_OBJECT, path, "an object such as {\"effort\": \"high\"}");
        @Nullable Boolean enabled = null;
        @Nullable Effort named = null;
        @Nullable Effort budget = null;
        excluded = false;
        mode = Mode.STANDARD;
        hasReasoningObject = true;
        for (String field = json.nextField(); field != null; field = json.nextField()) {
            String at = path + "." + field;
            switch (field) {
                case "enabled" -> enabled = json.bool(at);
                case "effort" -> named = effort(at);
                case "max_tokens" -> budget = Effort.fromTokenBudget(json.integer(at, 0));
                case "exclude" -> excluded = json.bool(at);
                case "mode" -> mode = json.enumValue(at, Mode.values(), Mode::wireName);
                case "summary", "context" -> others.put(field, json.raw());
                default -> json.skip();
            }
        }
        reasoningEffort = enabled != null && !enabled ? Effort.NONE : named != null ? named : budget;
    }

    /** The object {@code thinking} of DeepSeek and Anthropic. */
    private void readThinking(String path) {
        json.require(JsonToken.START_OBJECT, path, "an object such as {\"type\": \"enabled\"}");
        String type = "enabled";
        @Nullable Effort budget = null;
        for (String field = json.nextField(); field != null; field = json.nextField()) {
            switch (field) {
                case "type" -> type = json.string(path + ".type");
                case "display" -> others.put(field, json.raw());
                case "budget_tokens" -> budget = Effort.fromTokenBudget(json.integer(path + ".budget_tokens", 0));
                default -> json.skip();
            }
        }
        switch (type) {
            case "enabled" -> thinkingEffort = budget;
            case "disabled" -> thinkingEffort = Effort.NONE;
            case "adaptive", "auto" -> thinkingEffort = null;
            default -> {
                if (!ignoresUnknownTypes) {
                    throw invalid(
                            path + ".type", "'" + path + ".type' must be one of enabled, disabled, adaptive, auto.");
                }
                thinkingEffort = null;
            }
        }
    }

    /** The object {@code usage}, with which OpenRouter's clients request a usage chunk. */
    private void readUsage(String path) {
        json.require(JsonToken.START_OBJECT, path, "an object such as {\"include\": true}");
        usageIncluded = false;
        for (String field = json.nextField(); field != null; field = json.nextField()) {
            if (field.equals("include")) {
                usageIncluded = json.bool(path + ".include");
            } else {
                json.skip();
            }
        }
    }

    private static RequestException invalid(String param, String message) {
        return new RequestException(ErrorCode.INVALID_REQUEST, param, message);
    }
}
