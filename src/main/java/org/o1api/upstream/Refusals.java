package org.o1api.upstream;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What an upstream's models have refused: fields that later calls leave out, where they are ours. */
final class Refusals {
    static final String STREAM = "stream";
    static final String STREAM_OPTIONS = "stream_options";

    private static final String MAX_TOKENS = "max_tokens";
    private static final String MAX_COMPLETION_TOKENS = "max_completion_tokens";

    /** The fields that may be the cause; the more telling before those whose names are common words. */
    private static final List<String> FIELDS = List.of(
            "response_format", STREAM_OPTIONS, "tool_choice", MAX_TOKENS, MAX_COMPLETION_TOKENS, "temperature", STREAM);

    private static final Map<String, Pattern> NAMES = Map.of(
            "response_format",
            name("response_format|json_object|json mode"),
            STREAM_OPTIONS,
            name("stream_options|include_usage"),
            "tool_choice",
            name("tool_choice"),
            MAX_TOKENS,
            name(MAX_TOKENS),
            MAX_COMPLETION_TOKENS,
            name(MAX_COMPLETION_TOKENS),
            "temperature",
            name("temperature"),
            STREAM,
            name("stream|streaming"));

    private static final Pattern NEVER = Pattern.compile("(?!)");

    /** Says that a field itself is unwelcome, whatever its value. */
    private static final Pattern UNKNOWN = Pattern.compile(
            "unsupported|not supported|n't support|unknown|unrecogni[sz]ed|unexpected|extra|not permitted|not allowed"
                    + "|deprecated|invalid (?:field|parameter|argument)",
            Pattern.CASE_INSENSITIVE);

    private record Refusal(String model, String field) {}

    private final Set<Refusal> known = ConcurrentHashMap.newKeySet();

    /** The other name of a field that has two; null when it has one. */
    static @Nullable String otherName(String field) {
        return switch (field) {
            case MAX_TOKENS -> MAX_COMPLETION_TOKENS;
            case MAX_COMPLETION_TOKENS -> MAX_TOKENS;
            default -> null;
        };
    }

    /** What a model is known to refuse. */
    Set<String> of(String model) {
        Set<String> refused = new HashSet<>();
        if (!known.isEmpty()) {
            for (String field : FIELDS) {
                if (known.contains(new Refusal(model, field))) {
                    refused.add(field);
                }
            }
        }
        return refused;
    }

    void remember(String model, Set<String> refused) {
        refused.forEach(field -> known.add(new Refusal(model, field)));
    }

    /**
     * What to leave out on top, after a refusal: the field that it names, where we sent it and may do without.
     *
     * @return empty when the refusal is the fault of no such field
     */
    static String named(ErrorBody error, CallRequest request, Set<String> alreadyOut) {
        Set<String> candidates = new LinkedHashSet<>();
        for (String field : FIELDS) {
            if (sent(field, request, alreadyOut) && mayGo(field, error, request, alreadyOut)) {
                candidates.add(field);
            }
        }
        for (String field : candidates) {
            if (error.param() != null && (error.param() + ".").startsWith(field + ".")) {
                return field;
            }
        }
        for (String field : candidates) {
            if (error.param() == null
                    && NAMES.getOrDefault(field, NEVER).matcher(error.text()).find()) {
                return field;
            }
        }
        return "";
    }

    private static boolean sent(String field, CallRequest request, Set<String> out) {
        if (out.contains(field) || (field.equals(STREAM_OPTIONS) && out.contains(STREAM))) {
            return false;
        }
        String other = otherName(field);
        return field.equals(STREAM)
                || field.equals(STREAM_OPTIONS)
                || request.fields().containsKey(field)
                || (other != null && out.contains(other) && request.fields().containsKey(other));
    }

    private static boolean mayGo(String field, ErrorBody error, CallRequest request, Set<String> out) {
        if (field.equals(STREAM) || field.equals(STREAM_OPTIONS)) {
            return true;
        }
        String other = otherName(field);
        if (other != null && !out.contains(other)) {
            // Its value goes on under the other name, but only where the name is what is wrong.
            return UNKNOWN.matcher(error.text()).find();
        }
        return request.droppable().contains(field)
                || (other != null && request.droppable().contains(other));
    }

    private static Pattern name(String words) {
        return Pattern.compile("(?<![A-Za-z0-9_])(?:" + words + ")(?![A-Za-z0-9_])", Pattern.CASE_INSENSITIVE);
    }
}
