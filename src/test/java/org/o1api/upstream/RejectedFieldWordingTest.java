package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.model.Message;
import org.o1api.model.RawJson;

/** What providers say about the fields that the gateway adds, as reported by their users. */
class RejectedFieldWordingTest {
    private static final String PROMPT = "Why does the stream\n\"stop\" when the temperature of json mode falls?";

    private static CallRequest request(Set<String> removable) {
        Map<String, RawJson> fields = new LinkedHashMap<>();
        fields.put("temperature", new RawJson("0.2"));
        fields.put("max_tokens", new RawJson("50"));
        fields.put("tools", new RawJson("[{\"type\":\"function\",\"function\":{\"name\":\"set_temperature\"}}]"));
        fields.put("tool_choice", new RawJson("\"none\""));
        fields.put("response_format", new RawJson("{\"type\":\"json_object\"}"));
        return new CallRequest("m", List.of(Message.user(PROMPT)), fields, removable);
    }

    private static final CallRequest STEP =
            request(Set.of("temperature", "max_tokens", "tool_choice", "response_format"));

    private static ProviderErrorBody errorWith(String message, @Nullable String param) {
        return new ProviderErrorBody(message, message, param, null, null, 0, null);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            # JSON mode and tools: Groq, Gemini, llama.cpp, vLLM, xAI
            json mode cannot be combined with tool/function calling                                         | - | response_format
            response_format` json_object cannot be combined with tool/function calling                      | - | response_format
            A response mime type of 'application/json' cannot be combined with function calling.            | - | response_format
            Function calling with a response mime type: 'application/json' is unsupported                   | - | response_format
            Forced function calling (ANY mode) with a response mime type: 'application/json' is unsupported | - | response_format
            For controlled generation, please set 'tool_config.function_calling_config.mode' field to ANY instead of populating 'response_mime_type' and 'response_schema' fields. | - | response_format
            Cannot use custom grammar constraints with tools.                                               | - | response_format
            only one kind of constraint may be given, found two: choice, json_object                        | - | response_format
            You can only use one kind of guided decoding                                                    | - | response_format
            The response_format parameter is unsupported at the moment. Leave it unset.                     | - | response_format
            Structured outputs cannot be used with tools                                                    | tools | response_format
            JSON mode is not supported for this model.                                                      | - | response_format
            deepseek-reasoner does not support Json Output                                                  | - | response_format
            'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'. | - | response_format
            no                                                                                              | response_format.type | response_format
            no                                                                                              | generation_config.response_mime_type | response_format
            # tool_choice: DeepSeek, Groq, vLLM
            deepseek-reasoner does not support this tool_choice                                             | - | tool_choice
            Thinking mode does not support this tool_choice                                                 | - | tool_choice
            "none" tool choice is not supported                                                             | - | tool_choice
            no                                                                                              | tool_choice | tool_choice
            # the number of tokens: OpenAI, Mistral
            Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead. | max_tokens | max_tokens
            Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead. | - | max_tokens
            Extra inputs are not permitted                                                                  | max_tokens | max_tokens
            # temperature: OpenAI, Kimi, Anthropic
            Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported. | temperature | temperature
            Unsupported parameter: 'temperature' is not supported with this model.                          | - | temperature
            invalid temperature: only 1 is allowed for this model                                           | - | temperature
            `temperature` may only be set to 1 when thinking is enabled.                                    | - | temperature
            `temperature` and `top_p` cannot both be specified for this model.                              | - | temperature
            no                                                                                              | generation_config.temperature | temperature
            no                                                                                              | #/temperature | temperature
            # stream_options: Mistral, Azure, Gemini
            Extra inputs are not permitted                                                                  | stream_options.include_usage | stream_options
            Validation error at #/stream_options: Extra inputs are not permitted                            | - | stream_options
            Unrecognized request argument supplied: stream_options                                          | - | stream_options
            Invalid JSON payload received. Unknown name "stream_options": Cannot find field.                | - | stream_options
            no                                                                                              | body.stream_options | stream_options
            # stream
            Streaming is not supported for this model.                                                      | - | stream
            Unsupported value: 'stream' does not support true with this model.                              | stream | stream
            # a param that is a status, as one-api writes it
            unknown field: stream_options                                                                   | 422 | stream_options
            """)
    void findsTheField(String message, String param, String field) {
        ProviderErrorBody error = errorWith(message, param.equals("-") ? null : param);
        assertThat(RejectedFields.rejectedField(error, STEP, Set.of())).isEqualTo(field);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Invalid prompt: " + PROMPT,
                "Invalid prompt: Why does the stream\\n\\\"stop\\\" when the temperature of json mode falls?",
                "Invalid request: {\"model\":\"m\",\"temperature\":0.2,\"stream\":true,\"stream_options\":{\"include",
                "Invalid request: {'model': 'm', 'temperature': 0.2, 'stream': True, 'tool_choice': 'none'}",
                "Invalid request: {\\\"temperature\\\":0.2,\\\"tool_choice\\\":\\\"none\\\"}",
                "Invalid tools: set_temperature",
                "Failed to deserialize the JSON body into the target type",
                "Invalid JSON payload received.",
                "the temperatures and upstream_options of streams",
                "max_tokens is too large: 50" // the value, not the name
            })
    void ignoresQuotations(String message) {
        assertThat(RejectedFields.rejectedField(errorWith(message, null), STEP, Set.of()))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"messages", "messages[0].content", "model", "user_temperature"})
    void ignoresOtherParams(String param) {
        assertThat(RejectedFields.rejectedField(errorWith("no", param), STEP, Set.of()))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"temperature", "tool_choice", "response_format"})
    void ignoresFieldsThatTheCallerSet(String field) {
        assertThat(RejectedFields.rejectedField(
                        errorWith(field + " is not supported", null), request(Set.of()), Set.of()))
                .isEmpty();
        assertThat(RejectedFields.rejectedField(errorWith("not supported", field), request(Set.of()), Set.of()))
                .isEmpty();
    }
}
