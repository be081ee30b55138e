package org.o1api.api.chat;

import java.util.Set;

/**
 * The request fields that constrain the answer. They are sent with the closing call only, because a step has its own
 * format, which they would contradict. Sampling parameters are not among them. {@code stop}, {@code response_format},
 * {@code modalities} and {@code tool_choice} are handled the same way, but validated separately.
 */
final class AnswerConstraints {
    /** vLLM's structured decoding: {@code guided_json}, {@code guided_choice} and so on. */
    private static final String GUIDED = "guided_";

    private static final Set<String> NAMES = Set.of(
            // OpenAI, OpenRouter
            "logit_bias",
            "prediction",
            "verbosity",
            "image_config",
            // structured decoding: vLLM, SGLang, llama.cpp, Ollama, TabbyAPI, text-generation-webui, NIM
            "structured_outputs",
            "structural_tag",
            "json_schema",
            "regex",
            "regex_pattern",
            "ebnf",
            "grammar",
            "grammar_string",
            "grammar_lazy",
            "grammar_triggers",
            "preserved_tokens",
            "format",
            "nvext",
            // allowed and forbidden tokens
            "allowed_token_ids",
            "bad_words",
            "bad_words_ids",
            "banned_tokens",
            "banned_strings",
            "custom_token_bans",
            "logits_processors",
            "custom_logit_processor",
            "custom_params",
            // the end of the answer
            "stop_sequences",
            "stop_token_ids",
            "stop_regex",
            "include_stop_str_in_output",
            "no_stop_trim",
            "ignore_eos",
            "ban_eos_token",
            "min_tokens",
            "min_new_tokens",
            // conversion of tokens to text
            "skip_special_tokens",
            "spaces_between_special_tokens");

    private AnswerConstraints() {}

    /** Whether a field is sent with the closing call only. */
    static boolean contains(String field) {
        return NAMES.contains(field) || field.startsWith(GUIDED);
    }
}
