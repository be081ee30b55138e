package org.o1api.api.responses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.o1api.api.RequestException;
import org.o1api.api.items.ItemWriter;
import org.o1api.api.items.MessageDetails;
import org.o1api.api.responses.ToolNames.Kind;
import org.o1api.api.responses.ToolNames.Tool;
import org.o1api.json.JsonSlices;
import org.o1api.model.Content;
import org.o1api.model.ErrorCode;
import org.o1api.model.Message;
import org.o1api.model.RawJson;

/** The messages that the items of an input become. */
class InputReaderTest {
    private static final String OURS = "rs_0123456789abcdef0123456789abcdef_0";
    private static final ToolNames TOOLS = new ToolNames(List.of(
            new Tool(Kind.FUNCTION, null, "weather"),
            new Tool(Kind.CUSTOM, null, "patch"),
            new Tool(Kind.FUNCTION, "agents", "spawn")));

    /** A part that only the Chat Completions API has, as it is listed. */
    private static final String SOUND =
            "{\"type\":\"message\",\"content\":[{\"type\":\"text\",\"text\":\"{\\\"type\\\":\\\"input_audio\\\"}\"}]}";

    private static final KnownItems EARLIER = new KnownItems(
            Map.of(
                    "msg_1",
                    "{\"type\":\"message\",\"role\":\"assistant\",\"content\":\"Yes.\",\"phase\":\"final_answer\"}",
                    "msg_sound",
                    SOUND.replace("message", "message\",\"role\":\"user"),
                    "fco_sound",
                    SOUND.replace("message", "function_call_output\",\"call_id\":\"c1")
                            .replace("content", "output"),
                    "ctc_1",
                    "{\"type\":\"custom_tool_call\",\"call_id\":\"c1\",\"name\":\"patch\",\"input\":\"a\"}",
                    "rs_1",
                    "{\"type\":\"reasoning\",\"id\":\"" + OURS
                            + "\",\"summary\":[{\"type\":\"summary_text\",\"text\":\"a\"}]}"),
            Map.of("sealed", "b"));

    private static List<RawJson> items(String items) {
        return JsonSlices.elements(new RawJson("[" + items.replace('\'', '"') + "]"));
    }

    private static List<Message> read(String items) {
        return new InputReader(TOOLS, EARLIER).read(items(items), "input");
    }

    /** Each message in one line: role, content, fields, reasoning. */
    private static String show(List<Message> messages) {
        return messages.stream().map(InputReaderTest::show).collect(Collectors.joining("\n"));
    }

    private static String show(Message message) {
        String content = message.content() instanceof Content.Parts parts
                ? parts.json().text()
                : message.content() instanceof Content.Text text ? text.text() : "null";
        String fields =
                message.fields().values().stream().map(value -> " " + value).collect(Collectors.joining());
        String reasoning = message.reasoning().values().stream()
                .map(value -> " reasoning: " + value)
                .collect(Collectors.joining());
        return message.role().wireName() + ": " + content + fields + reasoning;
    }

    private static String call(String id, String name, String arguments) {
        return "{\"id\":\"" + id + "\",\"type\":\"function\",\"function\":{\"name\":\"" + name + "\",\"arguments\":"
                + JsonSlices.quoted(arguments) + "}}";
    }

    static Stream<Arguments> inputs() {
        return Stream.of(
                arguments("{'role': 'user', 'content': 'Hi'}", "user: Hi"),
                arguments("{'type': 'message', 'id': 'msg_x', 'role': 'user', 'content': 'Hi'}", "user: Hi"),
                arguments("{'role': 'user', 'content': [{'type': 'input_text', 'text': 'Hi'}]}", "user: Hi"),
                arguments(
                        "{'role': 'user', 'content': [{'type': 'input_text', 'text': 'a'}, {'type': 'input_text', 'text': 'b'}]}",
                        "user: [{'type':'text','text':'a'},{'type':'text','text':'b'}]"),
                arguments(
                        "{'role': 'user', 'content': 'a'}, {'role': 'developer', 'content': 'b'}, {'role': 'system', 'content': 'c'}",
                        "user: a\ndeveloper: b\nsystem: c"),
                arguments(
                        "{'role': 'user', 'content': [{'type': 'input_image', 'image_url': 'data:x', 'detail': 'high'}]}",
                        "user: [{'type':'image_url','image_url':{'url':'data:x','detail':'high'}}]"),
                arguments(
                        "{'role': 'user', 'content': [{'type': 'input_file', 'filename': 'a.pdf', 'file_data': 'data:x'}]}",
                        "user: [{'type':'file','file':{'filename':'a.pdf','file_data':'data:x'}}]"),
                arguments(
                        "{'role': 'assistant', 'phase': 'final_answer', 'content': [{'type': 'output_text', 'text': 'A', 'annotations': []}]}",
                        "assistant: A"),
                arguments(
                        "{'role': 'assistant', 'content': [{'type': 'refusal', 'refusal': 'No.'}]}",
                        "assistant: [{'type':'refusal','refusal':'No.'}]"));
    }

    @ParameterizedTest
    @MethodSource("inputs")
    void readsMessages(String items, String expected) {
        assertThat(show(read(items.replace('\'', '"')))).isEqualTo(expected.replace('\'', '"'));
    }

    static Stream<Arguments> calls() {
        String callOfWeather =
                "{'type': 'function_call', 'call_id': 'c1', 'name': 'weather', 'arguments': '{}', 'id': 'fc_1', 'status': 'completed'}";
        String second = "{'type': 'function_call', 'call_id': 'c2', 'name': 'weather', 'arguments': '[1]'}";
        String output = "{'type': 'function_call_output', 'call_id': 'c1', 'output': 'sunny', 'status': 'completed'}";
        return Stream.of(
                arguments(
                        callOfWeather + ", " + output,
                        "assistant: null [" + call("c1", "weather", "{}") + "]\ntool: sunny 'c1'"),
                arguments(
                        callOfWeather + ", " + second,
                        "assistant: null [" + call("c1", "weather", "{}") + "," + call("c2", "weather", "[1]") + "]"),
                arguments(
                        "{'role': 'assistant', 'content': 'I look.'}, " + callOfWeather,
                        "assistant: I look. [" + call("c1", "weather", "{}") + "]"),
                arguments(
                        "{'role': 'assistant', 'content': []}, " + callOfWeather,
                        "assistant: null [" + call("c1", "weather", "{}") + "]"),
                arguments(
                        "{'type': 'function_call', 'call_id': 'c1', 'namespace': 'agents', 'name': 'spawn', 'arguments': '{}'}",
                        "assistant: null [" + call("c1", "agents__spawn", "{}") + "]"),
                arguments(
                        "{'type': 'function_call', 'call_id': 'c1', 'namespace': 'gone', 'name': 'old', 'arguments': '{}'}",
                        "assistant: null [" + call("c1", "gone__old", "{}") + "]"),
                arguments(
                        "{'type': 'custom_tool_call', 'call_id': 'c1', 'name': 'patch', 'input': 'a\\nb'}",
                        "assistant: null [" + call("c1", "patch", "{\"input\":\"a\\nb\"}") + "]"),
                arguments("{'type': 'custom_tool_call_output', 'call_id': 'c1', 'output': 'done'}", "tool: done 'c1'"),
                arguments(
                        "{'type': 'function_call_output', 'call_id': 'c1', 'output': [{'type': 'input_text', 'text': 'a'}, {'type': 'input_text', 'text': 'b'}]}",
                        "tool: a\nb 'c1'"),
                arguments("{'type': 'function_call_output', 'call_id': 'c1', 'output': []}", "tool:  'c1'"));
    }

    @ParameterizedTest
    @MethodSource("calls")
    void readsCallsAndTheirOutputs(String items, String expected) {
        assertThat(show(read(items.replace('\'', '"')))).isEqualTo(expected.replace('\'', '"'));
    }

    /** Only the text of an output can be in a message with the role {@code tool}. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[{'type': 'input_image', 'image_url': 'u'}] | ``",
                "[{'type': 'input_text', 'text': 'a'}, {'type': 'input_image', 'image_url': 'u'}] | a",
            })
    void attachesImagesOfAnOutput(String output, String text) {
        String item = "{'type': 'function_call_output', 'call_id': 'c1', 'output': " + output + "}";
        Message.ToolResult result = (Message.ToolResult) read(item).get(0);
        assertThat(result.content()).isEqualTo(new Content.Text(text));
        assertThat(result.attachments())
                .containsExactly(
                        new RawJson("{\"type\":\"image_url\",\"image_url\":{\"url\":\"u\",\"detail\":\"auto\"}}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'function_call', 'name': 'weather', 'arguments': 'a' | weather | a",
                "'custom_tool_call', 'name': 'patch', 'input': 'a' | patch | {\"input\":\"a\"}",
            })
    void returnsOnlyWhatAProviderNeedsOfACall(String item, String name, String arguments) {
        Message message = read("{'type': " + item
                        + ", 'call_id': 'c1', 'type2': 'x', 'function': {'name': 'y'}, 'caller': 'z',"
                        + " 'extra_content': {'google': {'thought_signature': 's=='}}}")
                .get(0);
        assertThat(message.fields().get(Message.TOOL_CALLS))
                .isEqualTo(new RawJson("[" + call("c1", name, arguments).replaceFirst("}$", "")
                        + ",\"extra_content\":{\"google\": {\"thought_signature\": \"s==\"}}}]"));
    }

    static Stream<Arguments> reasoning() {
        String ours = "{'type': 'reasoning', 'id': '" + OURS
                + "', 'content': null, 'encrypted_content': null, 'summary': [{'type': 'summary_text', 'text': '**A**\\n\\na'},"
                + " {'type': 'summary_text', 'text': 'b'}]}";
        String call = "{'type': 'function_call', 'call_id': 'c1', 'name': 'weather', 'arguments': '{}'}";
        String called = "assistant: null [" + call("c1", "weather", "{}") + "]";
        String thoughts = " reasoning: '**A**\\n\\na\\n\\nb'";
        return Stream.of(
                arguments(ours + ", " + call, called + thoughts),
                arguments(ours + ", {'role': 'assistant', 'content': 'Yes.'}", "assistant: Yes." + thoughts),
                arguments(
                        ours + ", {'role': 'assistant', 'content': 'Yes.'}, " + call,
                        called.replace("null", "Yes.") + thoughts),
                arguments(
                        ours + ", " + call + ", {'type': 'item_reference', 'id': 'rs_1'}, " + call,
                        "assistant: null [" + call("c1", "weather", "{}") + "," + call("c1", "weather", "{}") + "]"
                                + " reasoning: '**A**\\n\\na\\n\\nb\\n\\na'"),
                arguments(
                        ours + ", {'role': 'assistant', 'content': 'A'}, {'role': 'assistant', 'content': 'B'}, "
                                + call,
                        "assistant: A" + thoughts + "\n" + called.replace("null", "B")),
                arguments(
                        ours + ", {'type': 'function_call_output', 'call_id': 'c0', 'output': 'x'}, " + call,
                        "tool: x 'c0'\n" + called),
                arguments(ours + ", {'role': 'user', 'content': 'Hi'}, " + call, "user: Hi\n" + called),
                arguments(ours + ", {'role': 'user', 'content': 'Hi'}", "user: Hi"),
                arguments(ours, ""),
                arguments(
                        ours.replace(OURS, "rs_68af4030baa48193b0b43b4c2a176a1a0e6967589f080e78") + ", " + call,
                        called),
                arguments("{'type': 'reasoning', 'encrypted_content': 'sealed'}, " + call, called + " reasoning: 'b'"),
                arguments(
                        ours.replace("'encrypted_content': null", "'encrypted_content': 'sealed'") + ", " + call,
                        called + " reasoning: 'b'"),
                arguments(ours.replace("'encrypted_content': null", "'encrypted_content': 'x'") + ", " + call, called),
                arguments(
                        ours.replace("'encrypted_content': null", "'encrypted_content': ''") + ", " + call,
                        called + thoughts),
                arguments(ours.replace("'encrypted_content': null, ", "") + ", " + call, called + thoughts),
                arguments("{'type': 'item_reference', 'id': 'rs_1'}, " + call, called + " reasoning: 'a'"),
                arguments("{'role': 'assistant', 'content': '<think>a</think>Yes.'}", "assistant: Yes. reasoning: 'a'"),
                arguments(
                        "{'role': 'assistant', 'content': [{'type': 'output_text', 'text': '<think>a</think>'}]}, "
                                + call,
                        called + " reasoning: 'a'"));
    }

    @ParameterizedTest
    @MethodSource("reasoning")
    void continuesOwnReasoningAndDropsOther(String items, String expected) {
        assertThat(show(read(items.replace('\'', '"')))).isEqualTo(expected.replace('\'', '"'));
    }

    private static String show(MessageDetails details) {
        StringJoiner shown = new StringJoiner(" ");
        if (details.phase() != null) {
            shown.add(details.phase());
        }
        if (details.isCustomOutput()) {
            shown.add("custom");
        }
        new TreeMap<>(details.tools())
                .forEach((call, tool) -> shown.add(call + ":" + (tool.isCustom() ? "custom " : "")
                        + (tool.namespace() == null ? "" : tool.namespace() + ".") + tool.name()));
        return shown.toString();
    }

    /** A reference is the item itself. Columns: the input, its messages, and what they do not say. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'type': 'item_reference', 'id': 'msg_1'} | assistant | 1 {0=final_answer}",
                "{'role': 'user', 'content': 'a'}, {'id': 'msg_1'} | user assistant | 2 {1=final_answer}",
                "{'id': 'ctc_1'}, {'type': 'custom_tool_call_output', 'call_id': 'c1', 'output': 'x'} | assistant tool | 2 {0=0:custom patch, 1=custom}",
                "{'type': 'function_call_output', 'call_id': 'c1', 'output': []} | tool | 1 {}",
                "{'type': 'custom_tool_call_output', 'call_id': 'c1', 'output': []} | tool | 1 {0=custom}",
                "{'role': 'assistant', 'content': [], 'phase': 'commentary'}, {'role': 'user', 'content': 'a'} | user | 1 {}",
                "{'id': 'rs_1'}, {'role': 'assistant', 'content': 'a', 'phase': 'commentary'} | assistant | 1 {0=commentary}",
                "{'role': 'assistant', 'content': 'a'}, {'id': 'ctc_1'}, {'role': 'user', 'content': 'a'} | assistant user | 3 {0=0:custom patch}",
                "{'role': 'assistant', 'content': 'a', 'phase': 'commentary'}, {'type': 'function_call', 'call_id': 'c1', 'name': 'f',"
                        + " 'arguments': '{}'}, {'type': 'function_call', 'call_id': 'c2', 'name': 'f', 'namespace': 'gone', 'arguments': '{}'}"
                        + " | assistant | 3 {0=commentary 1:gone.f}",
                "{'type': 'custom_tool_call', 'call_id': 'c1', 'name': 'f', 'namespace': 'n', 'input': 'x'} | assistant | 1 {0=0:custom n.f}",
            })
    void knowsWhatTheMessagesDoNotSay(String input, String roles, String expected) {
        InputReader reader = new InputReader(TOOLS, EARLIER);
        List<Message> messages = reader.read(items(input), "input");
        assertThat(messages.stream().map(message -> message.role().wireName()).collect(Collectors.joining(" ")))
                .isEqualTo(roles);
        InputDetails details = reader.details();
        Map<Integer, String> shown = new TreeMap<>();
        details.messages().forEach((index, message) -> shown.put(index, show(message)));
        assertThat(details.items() + " " + shown).isEqualTo(expected);
        assertThat(ItemWriter.count(messages)).isEqualTo(details.items());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "5 | input[0] | INVALID_REQUEST",
                "{} | input[0].role | INVALID_REQUEST",
                "{'role': 'tool', 'content': 'x'} | input[0].role | INVALID_REQUEST",
                "{'role': 'user'} | input[0].content | INVALID_REQUEST",
                "{'role': 'user', 'content': [{'type': 'input_audio'}]} | input[0].content[0].type | INVALID_REQUEST",
                "{'role': 'user', 'content': [{'type': 'input_image', 'file_id': 'f'}]} | input[0].content[0].file_id | INVALID_REQUEST",
                "{'role': 'user', 'content': [{'type': 'input_image'}]} | input[0].content[0].image_url | INVALID_REQUEST",
                "{'role': 'user', 'content': [{'type': 'input_file', 'file_url': 'http://x'}]} | input[0].content[0].file_url | INVALID_REQUEST",
                "{'role': 'user', 'content': [{'type': 'input_file'}]} | input[0].content[0].file_data | INVALID_REQUEST",
                "{'role': 'system', 'content': [{'type': 'input_image', 'image_url': 'u'}]} | input[0].content[0] | INVALID_REQUEST",
                "{'type': 'function_call', 'call_id': 'c', 'name': 'n'} | input[0].arguments | INVALID_REQUEST",
                "{'type': 'function_call', 'call_id': 'c', 'name': 'n', 'arguments': {}} | input[0].arguments | INVALID_REQUEST",
                "{'type': 'custom_tool_call', 'call_id': 'c', 'name': 'n'} | input[0].input | INVALID_REQUEST",
                "{'type': 'function_call_output', 'output': 'x'} | input[0].call_id | INVALID_REQUEST",
                "{'type': 'function_call_output', 'call_id': 'c', 'output': 5} | input[0].output | INVALID_REQUEST",
                "{'type': 'web_search_call', 'id': 'ws_1'} | input[0].type | INVALID_REQUEST",
                "{'role': 'user', 'content': 'x', 'phase': 'LONG'} | input[0].phase | INVALID_REQUEST",
                "{'type': 'function_call', 'call_id': 'c', 'name': 'n', 'namespace': 'LONG', 'arguments': '{}'} | input[0].namespace | INVALID_REQUEST",
                "{'type': 'item_reference', 'id': 'msg_2'} | input[0].id | RESPONSE_NOT_FOUND",
                "{'type': 'item_reference'} | input[0].id | INVALID_REQUEST",
                "{'id': 'msg_2'} | input[0].id | RESPONSE_NOT_FOUND",
                "{'id': 'msg_sound'} | input[0].id | UNSUPPORTED_VALUE",
                "{'id': 'fco_sound'} | input[0].id | UNSUPPORTED_VALUE",
            })
    void rejects(String item, String param, ErrorCode code) {
        assertThatThrownBy(() -> read(item.replace("LONG", "x".repeat(257))))
                .isInstanceOfSatisfying(RequestException.class, e -> {
                    assertThat(e.param()).isEqualTo(param);
                    assertThat(e.code()).isEqualTo(code);
                });
    }
}
