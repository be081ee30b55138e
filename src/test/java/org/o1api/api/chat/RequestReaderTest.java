package org.o1api.api.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.api.ApiSettings;
import org.o1api.api.RequestException;
import org.o1api.model.Content;
import org.o1api.model.ErrorCode;
import org.o1api.model.Message;
import org.o1api.model.RawJson;

class RequestReaderTest {
    private static final String TOOL = "{\"type\":\"function\",\"function\":{\"name\":\"f\"}}";

    private static ChatCompletionRequest read(String body) {
        return RequestReader.read(body, ApiSettings.RequestLimits.DEFAULT);
    }

    private static ChatCompletionRequest readWith(String fields) {
        return read("{" + fields + ", \"messages\": [{\"role\": \"user\", \"content\": \"?\"}]}");
    }

    private static Message message(String message) {
        return read("{\"messages\": [" + message + "]}").messages().get(0);
    }

    private static void assertRejected(String body, String param, ErrorCode code) {
        assertThatThrownBy(() -> read(body)).isInstanceOfSatisfying(RequestException.class, e -> {
            assertThat(e.param()).isEqualTo(param);
            assertThat(e.code()).isEqualTo(code);
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"include_trace": true, "include_usage": true} | true  | true
                    {"include_trace": true}                        | true  | false
                    {"include_trace": false, "other": 1}           | false | false
                    {"include_usage": true, "include_trace": null} | false | true
                    """)
    void readsWhatAStreamContains(String options, boolean trace, boolean usage) {
        ChatCompletionRequest request = readWith("\"stream_options\": " + options);
        assertThat(request.includeTrace()).isEqualTo(trace);
        assertThat(request.includeUsage()).isEqualTo(usage);
        assertThat(request.fields()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    stop                          | "a"
                    stop                          | [ "a", "\\u00e9" ]
                    response_format               | {"type": "json_object"}
                    logit_bias                    | {"1": 100}
                    prediction                    | {"type": "content", "content": "yes"}
                    verbosity                     | "low"
                    modalities                    | [ "text", "image" ]
                    image_config                  | {"aspect_ratio": "16:9"}
                    guided_json                   | {}
                    guided_choice                 | ["yes", "no"]
                    guided_regex                  | "[0-9]+"
                    guided_decoding_backend       | "xgrammar"
                    guided_of_a_later_version     | true
                    structured_outputs            | {"choice": ["yes", "no"]}
                    structural_tag                | "{}"
                    json_schema                   | {"type": "object"}
                    format                        | "json"
                    regex                         | "[0-9]+"
                    ebnf                          | "root ::= x"
                    grammar                       | "root ::= x"
                    grammar_lazy                  | true
                    grammar_triggers              | [{"type": "word", "value": "x"}]
                    nvext                         | {"guided_choice": ["a"]}
                    allowed_token_ids             | [1, 2]
                    bad_words                     | ["x"]
                    banned_strings                | ["x"]
                    custom_token_bans             | [1]
                    logits_processors             | ["x"]
                    custom_logit_processor        | "x"
                    stop_token_ids                | [1]
                    stop_regex                    | "x"
                    include_stop_str_in_output    | true
                    ignore_eos                    | true
                    min_tokens                    | 5
                    skip_special_tokens           | false
                    """)
    void keepsConstraintsForTheClosingCall(String name, String value) {
        ChatCompletionRequest request = readWith("\"" + name + "\": " + value);
        assertThat(request.closingFields()).containsEntry(name, new RawJson(value));
        assertThat(request.fields()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "temperature",
                "top_p",
                "presence_penalty",
                "frequency_penalty",
                "seed",
                "top_k",
                "min_p",
                "typical_p",
                "repetition_penalty",
                "length_penalty",
                "user",
                "metadata",
                "chat_template_kwargs",
                "thinking_budget",
                "truncate_prompt_tokens",
                "documents",
                "web_search_options",
                "provider",
                "guide",
                "formats"
            })
    void sendsSamplingAndUnknownFieldsWithEveryCall(String name) {
        ChatCompletionRequest request = readWith("\"" + name + "\": 1");
        assertThat(request.fields()).containsEntry(name, new RawJson("1"));
        assertThat(request.closingFields()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"logprobs\": false, \"top_logprobs\": 0",
                "\"top_logprobs\": 0, \"logprobs\": false",
                "\"top_logprobs\": 0",
                "\"top_logprobs\": 0.0",
                "\"top_logprobs\": null, \"logprobs\": null",
                "\"functions\": []",
                "\"functions\": [ ], \"function_call\": \"auto\"",
                "\"function_call\": \"auto\", \"functions\": []",
                "\"function_call\": \"none\"",
                "\"function_call\": \"auto\"",
                "\"tools\": [], \"tool_choice\": \"none\", \"parallel_tool_calls\": true",
                "\"tool_choice\": \"auto\", \"tools\": [\n]",
                "\"modalities\": [\"text\"]",
                "\"modalities\": []",
                "\"stop\": []",
                "\"stop\": \"\"",
                "\"stop\": null",
                "\"logit_bias\": {}",
                "\"logit_bias\": { }",
                "\"allowed_token_ids\": []",
                "\"bad_words\": []",
                "\"guided_choice\": []",
                "\"guided_json\": \"\"",
                "\"grammar\": \"\"",
                "\"structured_outputs\": {}",
                "\"response_format\": {\"type\": \"text\"}",
                "\"n\": 1, \"stream\": false, \"stream_options\": null",
                "\"audio\": null"
            })
    void ignoresValuesWithoutEffect(String fields) {
        ChatCompletionRequest request = readWith(fields);
        assertThat(request.fields()).isEmpty();
        assertThat(request.closingFields()).isEmpty();
        assertThat(request.tools()).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    "logprobs": true                          | logprobs      | UNSUPPORTED_VALUE
                    "logprobs": false, "top_logprobs": 3      | top_logprobs  | UNSUPPORTED_VALUE
                    "top_logprobs": "0"                       | top_logprobs  | UNSUPPORTED_VALUE
                    "functions": [{"name": "f"}]              | functions     | UNSUPPORTED_VALUE
                    "functions": {}                           | functions     | INVALID_REQUEST
                    "function_call": {"name": "f"}            | function_call | UNSUPPORTED_VALUE
                    "function_call": "f"                      | function_call | UNSUPPORTED_VALUE
                    "modalities": ["audio"]                   | modalities    | UNSUPPORTED_VALUE
                    "modalities": "text"                      | modalities    | INVALID_REQUEST
                    "modalities": [1]                         | modalities[0] | INVALID_REQUEST
                    "audio": {}                               | audio         | UNSUPPORTED_VALUE
                    "tools": [], "tool_choice": "required"    | tool_choice   | INVALID_REQUEST
                    """)
    void rejectsUnsupportedValues(String fields, String param, ErrorCode code) {
        assertRejected("{" + fields + ", \"messages\": [{\"role\": \"user\", \"content\": \"?\"}]}", param, code);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"input": "Hi"}                                            | input
                    {"input": [{"role": "user", "content": "Hi"}]}             | input
                    {"input": "Hi", "messages": []}                            | input
                    {"prompt": "Hi"}                                           | prompt
                    {"tools": []}                                              | messages
                    {"input": null}                                            | messages
                    """)
    void reportsMissingMessages(String body, String param) {
        assertRejected(body, param, ErrorCode.INVALID_REQUEST);
        assertThatThrownBy(() -> read(body)).hasMessageContaining("'messages'");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    [{"type":"function","name":"f"}] | [{"type":"function","function":{"name":"f"}}]
                    [ {"name":"f" , "type" : "function","strict":true,"parameters" : {"a": 1.50, "a":1e999} ,"description":"\\u00e9"} ] | [ {"type":"function","function":{"name":"f","strict":true,"parameters":{"a": 1.50, "a":1e999},"description":"\\u00e9"}} ]
                    [{"type":"function","name":"f","parameters":null,"strict":null}] | [{"type":"function","function":{"name":"f"}}]
                    [{"type":"function","name":"f","cache_control":{"type":"ephemeral"}}] | [{"type":"function","function":{"name":"f"},"cache_control":{"type":"ephemeral"}}]
                    [{"type":"function","function": {"name":"g"}} , {"type":"function","name":"f"},{"type":"custom","name":"c"}] | [{"type":"function","function": {"name":"g"}} , {"type":"function","function":{"name":"f"}},{"type":"custom","name":"c"}]
                    [{"type":"function","name":"f","function":{"name":"g"}}] | [{"type":"function","name":"f","function":{"name":"g"}}]
                    [{"type":"custom","name":5,"parameters":"x"}, {"type":"web_search"}] | [{"type":"custom","name":5,"parameters":"x"}, {"type":"web_search"}]
                    """)
    void nestsFlatToolsAndKeepsOthersUnmodified(String given, String sent) {
        assertThat(readWith("\"tools\": " + given).tools()).isEqualTo(new RawJson(sent));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {"type":"function"}                                | tools[0].function
                    {"type":"function","parameters":{}}                | tools[0].function
                    {"type":"function","name":5}                       | tools[0].name
                    {"type":"function","name":"f","parameters":"{}"}   | tools[0].parameters
                    {"name":"f","description":1,"type":"function"}     | tools[0].description
                    {"name":"f"}                                       | tools[0].type
                    """)
    void namesTheInvalidFieldOfAFlatTool(String tool, String param) {
        assertRejected(
                "{\"tools\": [" + tool + "], \"messages\": [{\"role\": \"user\", \"content\": \"?\"}]}",
                param,
                ErrorCode.INVALID_REQUEST);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    "auto" | "auto"
                    { "name" : "\\u0066", "type":"function" } | {"type":"function","function":{"name":"\\u0066"}}
                    {"type":"function","name":"f","x":1.0} | {"type":"function","function":{"name":"f"},"x":1.0}
                    {"type":"function", "function": {"name":"f"}} | {"type":"function", "function": {"name":"f"}}
                    {"type":"custom","name":"f"} | {"type":"custom","name":"f"}
                    {"type":"allowed_tools","mode":"auto","tools":[ {"type":"function","name":"f"},{"type":"x"}]} | {"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[ {"type":"function","function":{"name":"f"}},{"type":"x"}]}}
                    {"type":"allowed_tools","allowed_tools": {"mode":"auto","tools":[]}} | {"type":"allowed_tools","allowed_tools": {"mode":"auto","tools":[]}}
                    """)
    void nestsFlatToolChoices(String given, String sent) {
        assertThat(readWith("\"tool_choice\": " + given + ", \"tools\": [" + TOOL + "]")
                        .closingFields())
                .containsEntry("tool_choice", new RawJson(sent));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"role\": \"assistant\", \"content\": \"a\", \"tool_calls\": []}",
                "{\"role\": \"assistant\", \"tool_calls\": [ ], \"content\": \"a\"}",
                "{\"role\": \"assistant\", \"content\": \"a\", \"annotations\": [], \"images\": []}",
                "{\"role\": \"assistant\", \"content\": \"a\", \"name\": \"\", \"function_call\": null}",
                "{\"role\": \"assistant\", \"content\": \"a\", \"reasoning_details\": [], \"reasoning\": \"\"}",
                "{\"role\": \"assistant\", \"content\": \"a\", \"tool_calls\": [{\"id\": \"1\"}], \"tool_calls\": []}"
            })
    void omitsEmptyFieldsOfMessages(String message) {
        assertThat(message(message)).isEqualTo(Message.assistant("a"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"role": "assistant", "content": [], "tool_calls": [{"id": "1"}]}  |
                    {"role": "assistant", "tool_calls": [{"id": "1"}], "content": [ ]} |
                    {"role": "assistant", "tool_calls": [{"id": "1"}]}                 |
                    {"role": "assistant", "content": []}                               | empty
                    {"role": "assistant", "content": [], "tool_calls": []}             | empty
                    {"role": "tool", "content": [], "tool_call_id": "1"}               | empty
                    {"role": "user", "content": []}                                    | empty
                    {"role": "system", "content": [ ]}                                 | empty
                    """)
    void sendsNoEmptyListOfParts(String message, String content) {
        assertThat(message(message).content()).isEqualTo(content == null ? null : new Content.Text(""));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    [ {"x":1E2,"text":"<think>a</think>\\n caf\\u00e9 \\/" , "type":"text"},{"type":"y","z":1e999}]      | [ {"x":1E2,"text":"caf\\u00e9 \\/" , "type":"text"},{"type":"y","z":1e999}]
                    [{"type":"text","text":"\\u003cthink>\\ud83d\\ude00\\"</think>b\\n"}]                             | [{"type":"text","text":"b\\n"}]
                    [{"type":"text","text":"<think><\\\\/think></think>b"}]                                          | [{"type":"text","text":"b"}]
                    [{"type":"text","text":"<think>a"}]                                                              | [{"type":"text","text":"<think>a"}]
                    [{"type":"text","text":"a</think>b"}]                                                            | [{"type":"text","text":"a</think>b"}]
                    [{"type":"text","text":"a"}, {"type":"text","text":"<think>b</think>c"}]                         | [{"type":"text","text":"a"}, {"type":"text","text":"<think>b</think>c"}]
                    [{"type":"refusal","refusal":"<think>a</think>b"}]                                               | [{"type":"refusal","refusal":"<think>a</think>b"}]
                    """)
    void removesOnlyTheThinkBlockFromParts(String given, String sent) {
        assertThat(message("{\"role\": \"assistant\", \"content\": " + given + "}")
                        .content())
                .isEqualTo(new Content.Parts(new RawJson(sent)));
        assertThat(message("{\"role\": \"user\", \"content\": " + given + "}").content())
                .isEqualTo(new Content.Parts(new RawJson(given)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e999",
                "12345678901234567890.1234567890",
                "1E2",
                "-0.0",
                "{ \"a\":1,\"a\" : 2 }",
                "\"\\u0041\\ud83d\\ude00\"",
                "[ 1.50 ]",
                "{\"google\":{\"thought_signature\":\"a/b+c==\"}}"
            })
    void keepsUnknownKeysByteForByte(String value) {
        String calls = "[ {\"id\":\"1\", \"extra_content\": " + value + ",\"function\":{\"name\":\"f\", \"x\":" + value
                + "}}]";
        Message message = message(
                "{\"role\": \"assistant\", \"tool_calls\": " + calls + ", \"content\": null, \"x\": " + value + "}");
        assertThat(message.fields())
                .containsEntry("tool_calls", new RawJson(calls))
                .containsEntry("x", new RawJson(value));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    "store": true, "metadata": {"a": "b"}  | false
                    "metadata": {"a": "b"}, "store": true  | false
                    "store": false, "metadata": {"a": "b"} | true
                    "store": null, "metadata": {"a": "b"}  | true
                    "metadata": {"a": "b"}                 | true
                    """)
    void omitsMetadataIfStoreIsRequested(String fields, boolean sent) {
        assertThat(readWith(fields).fields().containsKey("metadata")).isEqualTo(sent);
        assertThat(readWith(fields).fields()).doesNotContainKey("store");
    }
}
