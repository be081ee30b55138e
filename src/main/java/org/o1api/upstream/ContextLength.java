package org.o1api.upstream;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Recognizes the error that a request exceeds the model's context length. Each provider words it differently. */
final class ContextLength {
    /** OpenAI's error code, which clients check. */
    static final String CODE = "context_length_exceeded";

    private static final Pattern CODES =
            Pattern.compile("context_?length|context_?size|context_?window|prompt_?too_?long"
                    + "|input_?too_?(?:large|long)|prompt_?tokens_?exceeded|1261");

    private static final Pattern PHRASES =
            Pattern.compile(String.join(
                    "|",
                    "maximum (?:context|prompt|input) length", // OpenAI, vLLM, DeepSeek, Mistral, xAI
                    "exceed(?:s|ed)? (?:the )?(?:available |maximum |model'?s? )*context", // llama.cpp, Ollama, SGLang,
                    // Anthropic
                    "context (?:length|size|window)[^.]{0,20} exceed", // MiniMax
                    "context window is full|reached context length",
                    "fits? in (?:the )?context|when context the overflows|greater than the context length", // LM Studio
                    "too many tokens: size limit exceeded", // Cohere
                    "exceed(?:s|ed)? max(?:imum)? message tokens", // Volcengine
                    "longer than the model'?s context", // SGLang
                    "input length[^.]* exceeds the maximum",
                    "(?:prompt|input) (?:is )?too long|input token length too long|prompt exceeds max length", // Anthropic, GLM, Kimi
                    "(?:prompt|input) token count[^.]* exceeds", // Gemini, Copilot
                    "exceed(?:s|ed)? model token limit", // Kimi
                    "range of input length should be", // DashScope
                    "reduce the length of (?:the |your )?(?:messages|prompt|input)", // Groq, Cerebras
                    "inputs`? (?:tokens`? \\+|must have less than)", // TGI
                    "input_too_large"));

    /** llama.cpp's entire message, sent with status 500. */
    private static final Pattern LLAMA_CPP_MESSAGE = Pattern.compile("context size has been exceeded\\.?");

    /** Messages with the length of the prompt alone, and the limit. */
    private static final List<Pattern> LENGTHS_OF_PROMPT = Stream.of(
                    // vLLM, SGLang
                    "maximum context length (?:is|of) (?<limit>N) tokens.{1,120}?"
                            + "(?<prompt>N) (?:input tokens|tokens from the input messages|in the messages)",
                    // OpenAI
                    "maximum context length is (?<limit>N) tokens\\. however, your messages resulted in (?<prompt>N) tokens(?! \\()",
                    // Anthropic, Fireworks
                    "prompt is too long: (?<prompt>N)(?: tokens >|, model maximum context length:) (?<limit>N)",
                    // Together, llama.cpp
                    "(?:input|request) \\((?<prompt>N) tokens\\) (?:is longer than the model's context length"
                            + "|exceeds the available context size) \\((?<limit>N) tokens",
                    // xAI
                    "maximum prompt length is (?<limit>N) but the request contains (?<prompt>N) tokens")
            .map(words -> Pattern.compile(words.replace("N", "\\d{1,9}")))
            .toList();

    private ContextLength() {}

    /** Whether an error says that the prompt alone exceeds the context length, so that no output limit makes it fit. */
    static boolean isExceededByPrompt(ProviderErrorBody error) {
        String text = error.text().toLowerCase(Locale.ROOT);
        return LENGTHS_OF_PROMPT.stream()
                .map(lengths -> lengths.matcher(text))
                .anyMatch(lengths -> lengths.find()
                        && Integer.parseInt(lengths.group("prompt")) >= Integer.parseInt(lengths.group("limit")));
    }

    /**
     * Whether an error says that the context length is exceeded.
     *
     * @param status the error's HTTP status, 0 if there is none. Except for 0, 400, 413 and 422 only a code or llama.cpp's entire
     *     message counts, because other messages may quote the request
     */
    static boolean isExceeded(int status, ProviderErrorBody error) {
        if (matches(error.code()) || matches(error.type())) {
            return true;
        }
        String text = error.text().toLowerCase(Locale.ROOT);
        if (LLAMA_CPP_MESSAGE.matcher(text.strip()).matches()) {
            return true;
        }
        boolean isRequestError = status == 0 || status == 400 || status == 413 || status == 422;
        return isRequestError
                && !"string_above_max_length".equals(error.code())
                && PHRASES.matcher(text).find();
    }

    private static boolean matches(@Nullable String code) {
        return code != null
                && CODES.matcher(code.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT))
                        .find();
    }
}
