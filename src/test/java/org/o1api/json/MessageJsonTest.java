package org.o1api.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.model.Content;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;
import org.o1api.model.ToolCall;

/** What the accessors of a message return, and that its fields stay as they were. */
class MessageJsonTest {
    private static final Content EMPTY = new Content.Text("");

    private static Map<String, RawJson> fields(String json) {
        Map<String, RawJson> fields = new LinkedHashMap<>();
        JsonSlices.members(new RawJson("{" + json + "}")).forEach(member -> fields.put(member.name(), member.value()));
        return fields;
    }

    private static Message.Assistant assistant(@Nullable Content content, String fields) {
        return MessageJson.assistant(content, fields(fields), Map.of());
    }

    /** Each row: the role, the fields, the type, the names of the fields without an accessor. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            SYSTEM    | "name":"a","tool_calls":[{}]                                      | System     | name,tool_calls
            DEVELOPER | "cache_control":{}                                                | System     | cache_control
            USER      | "tool_call_id":"c","refusal":"r","name":"a"                       | User       | tool_call_id,refusal,name
            ASSISTANT | "audio":{},"tool_calls":[{}],"function_call":{},"refusal":"r"     | Assistant  | audio,function_call
            ASSISTANT | "refusal":{},"images":[1],"prefix":true,"partial":true            | Assistant  | refusal,images,prefix,partial
            ASSISTANT | ``                                                                | Assistant  | ``
            TOOL      | "name":"f","tool_call_id":"\\u0063","x":1                         | ToolResult | name,x
            FUNCTION  | "name":"f"                                                        | ToolResult | name
            """)
    void keepsUnknownFields(Role role, String fields, String type, String unknown) {
        Message message = MessageJson.message(role, new Content.Text("c"), fields(fields));

        assertThat(message.getClass().getSimpleName()).isEqualTo(type);
        assertThat(message.role()).isEqualTo(role);
        assertThat(message.content()).isEqualTo(new Content.Text("c"));
        assertThat(String.join(",", message.unknownFields().keySet())).isEqualTo(unknown);
        assertThat(message.fields()).hasToString(fields(fields).toString());
    }

    /** Each row: a call, its ID, name and arguments, the other fields. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}                   | c  | f  | {}      | {}
            {"function":{"arguments":"{ \\"a\\" : 1}","name":"\\u0066"},"index":3,"id":"\\u0063"}   | c  | f  | { "a" : 1} | {}
            {}                                                                                      | `` | `` | ``      | {}
            {"id":null,"function":null,"type":null,"index":null,"x":null}                           | `` | `` | ``      | {x=null}
            {"function":{"name":null,"arguments":null,"x":null}}                                    | `` | `` | ``      | {function={"x":null}}
            {"id":"a","id":"b","x":1,"x":2,"function":{"name":"e"},"function":{"name":"g","name":"f","arguments":"1","arguments":"2"}} | b | f | 2 | {x=2}
            {"id":"c","extra_content":{"n": 1.50},"function":{"x":[1.0],"name":"f","x":2}}          | c  | f  | ``      | {extra_content={"n": 1.50}, function={"x":[1.0],"x":2}}
            {"function":{"x":1,"name":"f"},"function":{"name":"g"}}                                 | `` | g  | ``      | {}
            {"id":"c","type":"custom","custom":{"name":"shell","input":"ls"}}                       | c  | `` | ``      | {type="custom", custom={"name":"shell","input":"ls"}}
            """)
    void readsToolCalls(String call, String id, String name, String arguments, String others) {
        String list = "[ " + call + ",\n{\"id\":\"2\"} ]";
        Message.Assistant message = assistant(null, "\"tool_calls\":" + list);

        assertThat(message.toolCalls()).hasSize(2);
        ToolCall read = message.toolCalls().get(0);
        assertThat(List.of(read.id(), read.name(), read.arguments())).containsExactly(id, name, arguments);
        assertThat(read.fields()).hasToString(others);
        assertThat(message.fields().get("tool_calls")).hasToString(list);
        assertThat(ToolCallJson.read(ToolCallJson.write(message.toolCalls()))).isEqualTo(message.toolCalls());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "-", textBlock = """
            "No \\u0041"   | No A
            ""             | ``
            {"text":"No"}  | -
            5              | -
            """)
    void readsARefusal(String json, @Nullable String refusal) {
        Message.Assistant message = assistant(null, "\"refusal\":" + json);

        assertThat(message.refusal()).isEqualTo(refusal);
        assertThat(message.fields()).containsEntry("refusal", new RawJson(json));
    }

    @Test
    void readsTheCallIdOfAResult() {
        Message tool = MessageJson.message(Role.TOOL, EMPTY, fields("\"tool_call_id\":\"\\u0063\\\"\""));
        Message function = MessageJson.message(Role.FUNCTION, EMPTY, Map.of());

        assertThat(((Message.ToolResult) tool).callId()).isEqualTo("c\"");
        assertThat(((Message.ToolResult) function).callId()).isNull();
        assertThat(MessageJson.toolResult("c\"", EMPTY).fields())
                .isEqualTo(Map.of("tool_call_id", new RawJson("\"c\\\"\"")));
    }

    @Test
    void addsCallsAtTheEnd() {
        Message.Assistant message = assistant(new Content.Text("a"), "\"x\":1");
        message = MessageJson.withToolCalls(message, List.of(new ToolCall("1", "f", "{\"a\":\"\u2028\"}")));
        message = MessageJson.withToolCalls(message, List.of(new ToolCall("\"", "g", "")));

        assertThat(message.fields())
                .hasToString("{x=1, tool_calls=["
                        + "{\"id\":\"1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":\\\"\u2028\\\"}\"}},"
                        + "{\"id\":\"\\\"\",\"type\":\"function\",\"function\":{\"name\":\"g\",\"arguments\":\"\"}}]}");
        assertThat(message.toolCalls()).extracting(ToolCall::name).containsExactly("f", "g");
        assertThat(message.content()).isEqualTo(new Content.Text("a"));
    }

    @Test
    void fieldsAndAccessorsAgree() {
        Map<String, RawJson> calls = fields("\"tool_calls\":[{}]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Message.Assistant(null, List.of(), null, calls, Map.of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Message.Assistant(null, List.of(), "No.", Map.of(), Map.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new Message.ToolResult(Role.TOOL, "c", EMPTY, Map.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new Message.ToolResult(Role.USER, null, EMPTY, Map.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new Message.System(Role.USER, EMPTY, Map.of()));
    }
}
