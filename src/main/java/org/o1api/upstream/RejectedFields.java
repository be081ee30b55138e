package org.o1api.upstream;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Recognizes which field of a request a provider rejected, among those that the request can omit. */
final class RejectedFields {
    static final String STREAM = "stream";
    static final String STREAM_OPTIONS = "stream_options";

    private static final String RESPONSE_FORMAT = "response_format";
    private static final String TOOL_CHOICE = "tool_choice";
    private static final String MAX_TOKENS = "max_tokens";
    private static final String MAX_COMPLETION_TOKENS = "max_completion_tokens";

    private static final String REASONING_EFFORT = EffortField.REASONING_EFFORT.wireName();
    private static final String REASONING = EffortField.REASONING.wireName();
    private static final String THINKING = EffortField.THINKING.wireName();

    /**
     * The fields that may be the cause, those with unambiguous names first. Those for the effort are last: a message that names one
     * of them together with another field usually demands another value of the other one.
     */
    private static final List<String> FIELDS = List.of(
            RESPONSE_FORMAT,
            STREAM_OPTIONS,
            TOOL_CHOICE,
            MAX_TOKENS,
            MAX_COMPLETION_TOKENS,
            "temperature",
            STREAM,
            REASONING_EFFORT,
            REASONING,
            THINKING);

    private static final Map<String, Pattern> NAME_PATTERNS = Map.ofEntries(
            Map.entry(
                    RESPONSE_FORMAT,
                    namePattern(
                            "response[_ ]?formats?|json_object|json_schema|json[_ -]?mode|json output|json response|controlled generation|structured[_ ]outputs?"
                                    + "|guided decoding|grammar|response[_ ]?mime[_ ]?type|response[_ ]?schema")),
            Map.entry(STREAM_OPTIONS, namePattern("stream_options|include_usage")),
            Map.entry(TOOL_CHOICE, namePattern("tool[_ ]?choice|function_calling_config")),
            Map.entry(MAX_TOKENS, namePattern(MAX_TOKENS)),
            Map.entry(MAX_COMPLETION_TOKENS, namePattern(MAX_COMPLETION_TOKENS)),
            Map.entry("temperature", namePattern("temperature")),
            Map.entry(STREAM, namePattern("stream|streaming")),
            Map.entry(REASONING_EFFORT, namePattern("reasoning[_ ]?effort")),
            Map.entry(REASONING, namePattern("reasoning(?:[._ ]effort)?")),
            Map.entry(THINKING, namePattern("thinking|budget_tokens|thinking[_ ]?budget")));

    /** Path segments that may precede a field. */
    private static final Set<String> WRAPPERS =
            Set.of("", "#", "$", "body", "params", "request", "generation_config", "generationConfig");

    /** Google's own names, which may appear in errors of its compatible endpoint. */
    private static final Map<String, String> ALIASES = Map.of(
            "response_mime_type",
            RESPONSE_FORMAT,
            "responseMimeType",
            RESPONSE_FORMAT,
            "response_schema",
            RESPONSE_FORMAT,
            "max_output_tokens",
            MAX_TOKENS,
            "include_usage",
            STREAM_OPTIONS);

    /** Names of the output limit in messages about its value. */
    private static final Pattern LIMIT_NAMES = namePattern(
            "max[_ ](?:new[_ ]|output[_ ]|completion[_ ])?tokens|maxOutputTokens|maximum (?:output|completion) tokens");

    private static final Pattern NEVER = Pattern.compile("(?!)");

    /** Phrases for a field that is not accepted whatever its value. */
    private static final Pattern UNKNOWN_FIELD = Pattern.compile(
            "unsupported|not supported|n't support|unknown|unrecogni[sz]ed|unexpected|extra|not permitted|not allowed"
                    + "|deprecated|invalid (?:field|parameter|argument)",
            Pattern.CASE_INSENSITIVE);

    /** Phrases of servers that answer an unsupported feature with an internal error. */
    private static final Pattern UNSUPPORTED =
            Pattern.compile("can(?:not|'t) (?:use|be used)|not supported", Pattern.CASE_INSENSITIVE);

    private RejectedFields() {}

    /** Whether an error with a 5xx status says that the request uses an unsupported feature. */
    static boolean isUnsupported(ProviderErrorBody error) {
        return UNSUPPORTED.matcher(error.text()).find();
    }

    static Set<String> outputLimits() {
        return Set.of(MAX_TOKENS, MAX_COMPLETION_TOKENS);
    }

    /**
     * The field of a request that holds an output limit added by the gateway; null if there is none or the provider knows neither
     * of its names.
     */
    static @Nullable String gatewayOutputLimit(CallRequest request, Set<String> omitted) {
        return omitted.containsAll(outputLimits())
                ? null
                : outputLimits().stream()
                        .filter(limit -> request.fields().containsKey(limit)
                                && request.removable().contains(limit))
                        .findFirst()
                        .orElse(null);
    }

    /** Whether the value of the output limit is wrong, and not its name. */
    static boolean isOutputLimitTooLarge(ProviderErrorBody error, CallRequest request) {
        if (UNKNOWN_FIELD.matcher(error.text()).find()) {
            return false;
        }
        String namedField = rootOf(error.param());
        UnquotedText unquoted = new UnquotedText(error.text(), request);
        return isInBody(namedField, request) ? outputLimits().contains(namedField) : unquoted.contains(LIMIT_NAMES);
    }

    /** The other name of a field that has two; null if it has only one. */
    static @Nullable String alternativeName(String field) {
        return switch (field) {
            case MAX_TOKENS -> MAX_COMPLETION_TOKENS;
            case MAX_COMPLETION_TOKENS -> MAX_TOKENS;
            default -> null;
        };
    }

    /**
     * The field that caused a rejection, if the request contained it and can omit it. Only the provider's own words are searched:
     * its param, code and message, without the parts of the message that quote the request.
     *
     * @return empty if there is no such field
     */
    static String rejectedField(ProviderErrorBody error, CallRequest request, Set<String> omitted) {
        List<String> candidates = FIELDS.stream()
                .filter(field -> isSent(field, request, omitted) && isOmittable(field, error, request, omitted))
                .toList();
        String namedField = rootOf(error.param());
        if (candidates.contains(namedField)) {
            return namedField;
        }
        if (isInBody(namedField, request)
                && !namedField.equals("tools")) { // tools are rejected in combination with another field
            return "";
        }
        UnquotedText unquoted = new UnquotedText(error.text(), request);
        return candidates.stream()
                .filter(field -> {
                    Pattern name = NAME_PATTERNS.getOrDefault(field, NEVER);
                    return unquoted.contains(name)
                            || name.matcher(String.valueOf(error.code())).find();
                })
                .findFirst()
                .orElse("");
    }

    /** The top-level field of a path; empty if there is none. */
    private static String rootOf(@Nullable String path) {
        if (path == null) {
            return "";
        }
        for (String segment : path.split("[./\\[\\]'\"]+", -1)) {
            if (!WRAPPERS.contains(segment)) {
                return ALIASES.getOrDefault(segment, segment);
            }
        }
        return "";
    }

    /** Whether a name is a field of a request. Otherwise a param holds a status or another word of the provider's. */
    private static boolean isInBody(String field, CallRequest request) {
        return field.equals("messages")
                || field.equals("model")
                || field.equals(STREAM)
                || field.equals(STREAM_OPTIONS)
                || request.fields().containsKey(field)
                || FIELDS.contains(field);
    }

    private static boolean isSent(String field, CallRequest request, Set<String> omitted) {
        if (omitted.contains(field) || (field.equals(STREAM_OPTIONS) && omitted.contains(STREAM))) {
            return false;
        }
        String other = alternativeName(field);
        return field.equals(STREAM)
                || field.equals(STREAM_OPTIONS)
                || request.fields().containsKey(field)
                || (other != null && omitted.contains(other) && request.fields().containsKey(other));
    }

    private static boolean isOmittable(
            String field, ProviderErrorBody error, CallRequest request, Set<String> omitted) {
        if (field.equals(STREAM) || field.equals(STREAM_OPTIONS)) {
            return true;
        }
        String other = alternativeName(field);
        if (other != null && !omitted.contains(other)) {
            // The value is sent under the other name, but only if the name is what is wrong.
            return UNKNOWN_FIELD.matcher(error.text()).find();
        }
        return request.removable().contains(field)
                || (other != null && request.removable().contains(other));
    }

    private static Pattern namePattern(String words) {
        return Pattern.compile("(?<![A-Za-z0-9_])(?:" + words + ")(?![A-Za-z0-9_])", Pattern.CASE_INSENSITIVE);
    }
}
