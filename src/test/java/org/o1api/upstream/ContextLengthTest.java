package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContextLengthTest {
    private static ProviderErrorBody errorWith(String message) {
        return new ProviderErrorBody(message, message, null, null, null, 0, null);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.",
                "This endpoint's maximum context length is 524288 tokens.",
                "This model's maximum prompt length is 131072 but the request contains 136973 tokens.",
                "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
                "the request exceeds the available context size, try increasing it",
                "the request exceeds the available context size. try increasing the context size or enable context shift",
                "the input length exceeds the context length",
                "Requested token count exceeds the model's maximum context length of 8192 tokens.",
                "The input (9000 tokens) is longer than the model's context length (8192 tokens).",
                "Input length (9000 tokens) exceeds the maximum allowed length (8192 tokens).",
                "Input does not fit in context length. The input has 31430 tokens",
                "Trying to keep the first 15857 tokens when context the overflows.",
                "The number of tokens to keep from the initial prompt is greater than the context length (n_keep: 5000>= n_ctx: 4096).",
                "too many tokens: size limit exceeded by 1234 tokens. Try using shorter or fewer inputs.",
                "Total tokens of image and text exceed max message tokens.",
                "Reached context length of 4096 tokens with model",
                "the context window is full",
                "invalid params, context window exceeds limit (2013)",
                "prompt is too long: 210000 tokens > 200000 maximum",
                "Prompt exceeds max length",
                "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000",
                "Input is too long for requested model.",
                "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
                "prompt token count of 65000 exceeds the limit of 64000",
                "Invalid request: Your request exceeded model token limit: 8192",
                "Input token length too long",
                "<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 983616]",
                "Please reduce the length of the messages or completion. Current length is 42328 while limit is 40000",
                "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8193. Given: 9000",
                "Input validation error: `inputs` must have less than 1024 tokens. Given: 1100"
            })
    void recognizesEachProvidersWording(String message) {
        assertThat(ContextLength.isExceeded(400, errorWith(message))).isTrue();
        assertThat(ContextLength.isExceeded(0, errorWith(message))).isTrue();
        assertThat(ContextLength.isExceeded(500, errorWith(message))).isFalse();
        assertThat(ContextLength.isExceeded(429, errorWith(message))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "500, Context size has been exceeded., true",
        "500, Context size has been exceeded, true",
        "0, Context size has been exceeded., true",
        "500, 'The task failed: \"Context size has been exceeded.\"', false"
    })
    void recognizesAServerErrorOnlyByItsWholeMessage(int status, String message, boolean exceeded) {
        assertThat(ContextLength.isExceeded(status, errorWith(message))).isEqualTo(exceeded);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "max_tokens is too large: 50000. This model supports at most 4096 completion tokens.",
                "Unsupported parameter: 'max_tokens' is not supported with this model.",
                "Invalid 'messages[0].content': string too long. Expected a string with maximum length 1048576.",
                "Request too large for model on tokens per minute (TPM): Limit 6000, Requested 8000",
                "You exceeded your current quota",
                "The prompt has 9000 tokens, the model takes 8192.",
                "Invalid context",
                "the image is too long"
            })
    void ignoresOtherErrors(String message) {
        assertThat(ContextLength.isExceeded(400, errorWith(message))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "context_length_exceeded, true",
        "exceed_context_size_error, true",
        "ContextWindowExceededError, true",
        "model_context_window_exceeded, true",
        "input_too_large, true",
        "prompt_too_long, true",
        "string_above_max_length, false",
        "rate_limit_exceeded, false",
        "request_too_large, false"
    })
    void recognizesCodeAndTypeWithAnyStatus(String word, boolean exceeded) {
        for (int status : new int[] {400, 413, 500}) {
            assertThat(ContextLength.isExceeded(status, new ProviderErrorBody("m", "m", null, word, null, 0, null)))
                    .isEqualTo(exceeded);
            assertThat(ContextLength.isExceeded(status, new ProviderErrorBody("m", "m", null, null, word, 0, null)))
                    .isEqualTo(exceeded);
        }
    }
}
