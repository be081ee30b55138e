package org.o1api.api.responses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.o1api.api.SurfaceTurn;
import org.o1api.api.items.CalledTool;
import org.o1api.api.items.ItemWriter;
import org.o1api.api.items.ListFormat;
import org.o1api.api.items.MessageDetails;
import org.o1api.api.responses.ToolNames.Kind;
import org.o1api.api.responses.ToolNames.Tool;
import org.o1api.conversation.StoredResponse;
import org.o1api.conversation.StoredTurn;
import org.o1api.json.Json;
import org.o1api.json.JsonSlices;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.model.Mode;
import org.o1api.model.RawJson;
import org.o1api.model.StepKind;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnSummary;
import org.o1api.model.TurnUsage;
import org.o1api.model.Usage;
import org.o1api.model.UsageReport;
import org.o1api.testing.ResponseSchema;

/** A stored turn shown again: the response is the one that was sent, and the input the one that was received. */
class ResponseViewTest {
    private static final String TURN = "turn_0123456789abcdef0123456789abcdef";
    private static final String RESPONSE = "resp_0123456789abcdef0123456789abcdef";
    private static final ToolNames TOOLS = new ToolNames(List.of(
            new Tool(Kind.FUNCTION, null, "f"),
            new Tool(Kind.CUSTOM, null, "c"),
            new Tool(Kind.FUNCTION, "n", "f"),
            new Tool(Kind.CUSTOM, "n", "c")));

    private static final MessageDetails CALLS = new MessageDetails(
            "commentary", false, Map.of(1, new CalledTool(true, null, "c"), 2, new CalledTool(false, "n", "f")));

    private static ResponseEcho echo(UsageReport usage, boolean showsReasoning) {
        Map<String, RawJson> settings = ResponseSettings.defaults();
        settings.put("temperature", new RawJson("0.50"));
        settings.put("reasoning", new RawJson("{\"effort\":null,\"summary\":null}"));
        return new ResponseEcho(settings, usage, showsReasoning, TOOLS, new InputDetails(1, Map.of(0, CALLS)));
    }

    private static StoredResponse stored(List<Message> messages, List<TurnEvent> events, ResponseEcho echo) {
        return new StoredResponse(
                new StoredTurn(
                        TURN,
                        5,
                        "thinker",
                        messages,
                        new StoredTurn.Answer(events, null),
                        echo.write(messages, messages)),
                null,
                null);
    }

    private static TurnEvent.Completed completed(FinishReason reason) {
        TurnUsage usage = new TurnUsage(new Usage(10, 4, 2, 8, 3), new Usage(20, 4, 2, 16, 3), 2, 2);
        TurnSummary summary = new TurnSummary(
                TURN,
                "thinker",
                "steps",
                null,
                null,
                Mode.STANDARD,
                1,
                null,
                null,
                null,
                null,
                "USD",
                List.of(),
                Duration.ofMillis(7900));
        return new TurnEvent.Completed(reason, usage, summary);
    }

    private static TurnEvent call(int index, String id, String name, String arguments) {
        return new TurnEvent.ToolCall(new Delta.ToolCall(index, id, name, arguments));
    }

    private static JsonNode sent(
            List<TurnEvent> events, ResponseEcho echo, Function<List<String>, Optional<String>> encryption) {
        List<String> sent = new ArrayList<>();
        ResponseWriter writer = new ResponseWriter(
                new ResponseObject(RESPONSE, 5, "thinker", echo.settings(), echo.usage()),
                new ResponseOutput(
                        RESPONSE.substring("resp_".length()),
                        new OutputForm(1, TOOLS, echo.showsReasoning(), encryption),
                        (type, fields) -> {}),
                new SurfaceTurn.JsonTarget() {
                    @Override
                    public void probe() {}

                    @Override
                    public void send(byte[] json) {
                        sent.add(new String(json, StandardCharsets.UTF_8));
                    }
                });
        events.forEach(writer::write);
        writer.end();
        ResponseSchema.check(sent.get(0));
        return Json.tree(new RawJson(sent.get(0)));
    }

    private static JsonNode shown(StoredResponse stored, Function<List<String>, Optional<String>> encryption) {
        String json = new String(new ResponseView(stored).response(encryption), StandardCharsets.UTF_8);
        ResponseSchema.check(json);
        return Json.tree(new RawJson(json));
    }

    static Stream<List<TurnEvent>> turns() {
        return Stream.of(
                List.of(new TurnEvent.AnswerText("Y"), new TurnEvent.AnswerText("es."), completed(FinishReason.STOP)),
                List.of(
                        new TurnEvent.StepStarted(1),
                        new TurnEvent.StepTitled(1, "T"),
                        new TurnEvent.StepText(1, "a"),
                        new TurnEvent.StepText(1, "b"),
                        new TurnEvent.StepEnded(1),
                        new TurnEvent.StepStarted(2, StepKind.SAMPLE, "Sample 1"),
                        new TurnEvent.StepText(2, "c"),
                        new TurnEvent.StepEnded(2),
                        new TurnEvent.AnswerText("Ye"),
                        completed(FinishReason.LENGTH)),
                List.of(new TurnEvent.RefusalText("No."), completed(FinishReason.CONTENT_FILTER)),
                List.of(
                        new TurnEvent.AnswerText("Look."),
                        call(0, "c1", "f", "{\"a\":"),
                        call(0, "c1", "f", "1}"),
                        call(1, "c2", "c", "{\"input\":\"x\"}"),
                        call(2, "c3", "n__f", "{}"),
                        call(3, "c4", "n__c", "{\"input\":\"y\"}"),
                        completed(FinishReason.TOOL_CALLS)),
                List.of(
                        new TurnEvent.Image(new RawJson(
                                "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,eA==\"}}")),
                        new TurnEvent.AnswerText("An image."),
                        completed(FinishReason.STOP)),
                List.of(completed(FinishReason.LENGTH)));
    }

    @ParameterizedTest
    @MethodSource("turns")
    void showsTheResponseThatWasSent(List<TurnEvent> events) {
        for (UsageReport usage : UsageReport.values()) {
            for (boolean showsReasoning : new boolean[] {true, false}) {
                ResponseEcho echo = echo(usage, showsReasoning);
                assertThat(shown(stored(List.of(Message.user("?")), events, echo), OutputForm.PLAIN))
                        .isEqualTo(sent(events, echo, OutputForm.PLAIN));
            }
        }
    }

    @Test
    void showsReasoningInEncryptedFormToo() {
        List<TurnEvent> events = turns().toList().get(1);
        ResponseEcho echo = echo(UsageReport.ANSWER, true);
        Function<List<String>, Optional<String>> encryption = steps -> Optional.of(String.join("+", steps));
        JsonNode shown = shown(stored(List.of(Message.user("?")), events, echo), encryption);
        assertThat(shown.at("/output/0/encrypted_content").asText()).isEqualTo("**T**\n\nab+**Sample 1**\n\nc");
        assertThat(shown).isEqualTo(sent(events, echo, encryption));
        assertThat(sent(events, echo, steps -> Optional.empty()).at("/output/0").has("encrypted_content"))
                .isFalse();
    }

    @Test
    void remembersWhatMessagesAndEventsDoNotSay() {
        ResponseEcho echo = new ResponseEcho(
                echo(UsageReport.ANSWER, true).settings(),
                UsageReport.TURN,
                false,
                TOOLS,
                new InputDetails(2, Map.of(0, CALLS, 1, new MessageDetails(null, true, Map.of()))));
        ResponseEcho read = ResponseEcho.of(
                stored(List.of(Message.user("a"), Message.user("b")), List.of(completed(FinishReason.STOP)), echo));
        assertThat(read.settings()).isEqualTo(echo.settings());
        assertThat(read.settings().keySet())
                .containsExactlyElementsOf(echo.settings().keySet());
        assertThat(read.usage()).isEqualTo(UsageReport.TURN);
        assertThat(read.showsReasoning()).isFalse();
        assertThat(read.input()).isEqualTo(echo.input());
        for (String name : List.of("f", "c", "n__f", "n__c", "other")) {
            assertThat(read.tools().called(name)).isEqualTo(TOOLS.called(name));
        }
    }

    /** A turn of the Chat Completions API. */
    @Test
    void showsTurnsOfOtherSurfaces() {
        List<TurnEvent> events = turns().toList().get(0);
        JsonNode shown = shown(
                new StoredResponse(
                        new StoredTurn(
                                TURN,
                                5,
                                "o1",
                                List.of(Message.system("Be brief."), Message.user("?")),
                                new StoredTurn.Answer(events, null)),
                        "ann-1",
                        null),
                OutputForm.PLAIN);
        assertThat(shown.path("id").asText()).isEqualTo(RESPONSE);
        assertThat(shown.path("completed_at").asLong()).isEqualTo(12);
        assertThat(shown.at("/conversation/id").asText()).isEqualTo("ann-1");
        assertThat(shown.at("/output/0/id").asText()).isEqualTo("msg_0123456789abcdef0123456789abcdef_2");
        assertThat(shown.path("store").asBoolean()).isTrue();
    }

    static Stream<Arguments> inputs() {
        return Stream.of(
                arguments(
                        "{'role': 'user', 'content': 'Hi'}",
                        "{'type':'message','id':'msg_T_0','status':'completed','role':'user','content':[{'type':'input_text','text':'Hi'}]}"),
                arguments(
                        "{'role': 'user', 'content': 'Hi'}, {'role': 'assistant', 'phase': 'commentary', 'content': 'Yes.'}",
                        "{'type':'message','id':'msg_T_0','status':'completed','role':'user','content':[{'type':'input_text','text':'Hi'}]}"
                                + "{'type':'message','id':'msg_T_1','status':'completed','role':'assistant','content':"
                                + "[{'type':'output_text','text':'Yes.','annotations':[],'logprobs':[]}],'phase':'commentary'}"),
                arguments(
                        "{'type': 'custom_tool_call', 'call_id': 'x', 'name': 'c', 'input': 'ls'},"
                                + " {'type': 'custom_tool_call_output', 'call_id': 'x', 'output': 'done'}",
                        "{'type':'custom_tool_call','id':'ctc_T_0','status':'completed','call_id':'x','name':'c','input':'ls'}"
                                + "{'type':'custom_tool_call_output','id':'fco_T_1','status':'completed','call_id':'x','output':'done'}"),
                arguments(
                        "{'type': 'function_call', 'call_id': 'x', 'namespace': 'n', 'name': 'f', 'arguments': '{}'},"
                                + " {'type': 'function_call_output', 'call_id': 'x', 'output': [{'type': 'input_text', 'text': 'a'},"
                                + " {'type': 'input_image', 'image_url': 'u'}]}",
                        "{'type':'function_call','id':'fc_T_0','status':'completed','call_id':'x','name':'f','arguments':'{}','namespace':'n'}"
                                + "{'type':'function_call_output','id':'fco_T_1','status':'completed','call_id':'x','output':"
                                + "[{'type':'input_text','text':'a'},{'type':'input_image','image_url':'u','detail':'auto'}]}"),
                // tools that the request does not have any more, and what a provider added
                arguments(
                        "{'type': 'function_call', 'call_id': 'x', 'namespace': 'gone', 'name': 'f', 'arguments': '{}',"
                                + " 'extra_content': {'s': 1.0}},"
                                + " {'type': 'custom_tool_call', 'call_id': 'y', 'namespace': 'gone', 'name': 'c', 'input': 'ls'}",
                        "{'type':'function_call','id':'fc_T_0','status':'completed','call_id':'x','name':'f','arguments':'{}',"
                                + "'namespace':'gone','extra_content':{'s': 1.0}}"
                                + "{'type':'custom_tool_call','id':'ctc_T_1','status':'completed','call_id':'y','name':'c','input':'ls',"
                                + "'namespace':'gone'}"));
    }

    @ParameterizedTest
    @MethodSource("inputs")
    void showsTheInputThatWasReceived(String items, String expected) {
        InputReader reader = new InputReader(TOOLS, KnownItems.NONE);
        List<Message> messages =
                reader.read(JsonSlices.elements(new RawJson("[" + items.replace('\'', '"') + "]")), "input");
        ResponseEcho echo =
                new ResponseEcho(ResponseSettings.defaults(), UsageReport.ANSWER, true, TOOLS, reader.details());
        List<ItemWriter.Item> input =
                new ResponseView(stored(messages, List.of(completed(FinishReason.STOP)), echo)).input();
        String shown = input.stream()
                .map(item -> ResponseSettings.json(item.body()).text())
                .collect(Collectors.joining());
        assertThat(shown.replace('"', '\'').replace("0123456789abcdef0123456789abcdef", "T"))
                .isEqualTo(expected);
        ResponseSchema.checkItems(new String(
                ListFormat.page(input, false, ItemWriter.Item::id, ItemWriter.Item::body), StandardCharsets.UTF_8));
    }

    /** What the conversation had already is not stored again. */
    @Test
    void showsWhatIsLeftOfAnInputThatWasResentInPart() {
        InputReader reader = new InputReader(TOOLS, KnownItems.NONE);
        List<Message> messages = reader.read(
                JsonSlices.elements(new RawJson(
                        "[{'role':'assistant','content':'a','phase':'final_answer'},{'role':'user','content':'b'},{'role':'assistant','content':'c','phase':'commentary'}]"
                                .replace('\'', '"'))),
                "input");
        ResponseEcho echo =
                new ResponseEcho(ResponseSettings.defaults(), UsageReport.ANSWER, true, TOOLS, reader.details());
        List<Message> left = messages.subList(1, 3);
        StoredTurn turn = new StoredTurn(
                TURN, 5, "m", left, new StoredTurn.Answer(turns().toList().get(0), null), echo.write(messages, left));
        List<String> phases = TurnItems.of(turn).stream()
                .map(item -> Json.tree(ResponseSettings.json(item.body()))
                        .path("phase")
                        .asText("-"))
                .toList();
        assertThat(phases).containsExactly("-", "commentary", "-");
    }

    /** Of whichever surface: the items of the response are those of the conversation, with the same IDs. */
    @Test
    void hasTheSameItemsEverywhere() {
        TurnEvent call = new TurnEvent.ToolCall(
                new Delta.ToolCall(0, "c1", "f", "{}", Map.of("extra_content", new RawJson("{\"s\":1.0}"))));
        List<List<TurnEvent>> all = new ArrayList<>(turns().toList());
        all.add(List.of(call, new TurnEvent.AnswerText("Called."), completed(FinishReason.TOOL_CALLS)));
        List<Message> messages = List.of(Message.user("?"));
        for (List<TurnEvent> events : all) {
            assertSameItems(new StoredTurn(TURN, 5, "m", messages, new StoredTurn.Answer(events, null)));
            assertSameItems(
                    stored(messages, events, echo(UsageReport.ANSWER, true)).turn());
        }
    }

    private static void assertSameItems(StoredTurn turn) {
        List<JsonNode> items = new ArrayList<>();
        TurnItems.of(turn).forEach(item -> items.add(Json.tree(ResponseSettings.json(item.body()))));
        List<JsonNode> output = new ArrayList<>();
        shown(new StoredResponse(turn, null, null), OutputForm.PLAIN)
                .path("output")
                .forEach(output::add);
        assertThat(items.subList(1, items.size())).isEqualTo(output);
    }
}
