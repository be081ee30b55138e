package org.o1api.upstream;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The {@code finish_reason} of a provider, classified by its meaning.
 *
 * @param value the provider's value in lower case with underscores; empty if it is not a short plain word
 * @param stopSequence the string at which the model stopped; null: at none, or the provider does not name it
 */
record ProviderFinishReason(
        Kind kind, String value, @Nullable String stopSequence) {
    enum Kind {
        COMPLETE,
        LENGTH,
        CONTENT_FILTER,
        TOOL_CALLS,
        /** The provider aborted the reply. */
        FAILURE,
        /** An unknown value: the reply may be incomplete. */
        UNKNOWN
    }

    private static final Pattern PLAIN_WORD = Pattern.compile("[a-z0-9_]{1,40}");
    private static final Pattern CONTENT_FILTER = Pattern.compile("content_filter.*|.*safety");
    private static final Pattern FAILURE =
            Pattern.compile("(?:.*_)?(?:error|abort|cancel|fail|malformed|insufficient|network_error).*");

    /** Classifies a {@code finish_reason}; case does not matter. */
    static ProviderFinishReason of(String reason) {
        String value = reason.strip().toLowerCase(Locale.ROOT).replace('-', '_').replace(' ', '_');
        Kind kind = kindOf(value);
        return new ProviderFinishReason(kind, PLAIN_WORD.matcher(value).matches() ? value : "", null);
    }

    /** Returns the same with the string at which the model stopped. */
    ProviderFinishReason at(@Nullable String sequence) {
        return new ProviderFinishReason(kind, value, sequence);
    }

    private static Kind kindOf(String value) {
        return switch (value) {
            case "stop", "eos", "eos_token", "end_turn", "stop_sequence", "complete", "end" -> Kind.COMPLETE;
            case "length",
                    "max_tokens",
                    "model_length",
                    "max_output_tokens",
                    "max_length",
                    "token_limit",
                    "model_context_window_exceeded" -> Kind.LENGTH;
            case "sensitive",
                    "refusal",
                    "recitation",
                    "blocklist",
                    "prohibited_content",
                    "spii",
                    "guardrail_intervened",
                    "error_toxic" -> Kind.CONTENT_FILTER; // of GLM, Anthropic, Gemini, Bedrock, Cohere
            case "tool_calls", "tool_call", "function_call", "tool_use" -> Kind.TOOL_CALLS;
            default ->
                CONTENT_FILTER.matcher(value).matches()
                        ? Kind.CONTENT_FILTER
                        : FAILURE.matcher(value).matches() ? Kind.FAILURE : Kind.UNKNOWN;
        };
    }
}
