package org.o1api.api.responses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.o1api.api.RequestException;
import org.o1api.api.SurfaceTurn;
import org.o1api.api.responses.ToolNames.Kind;
import org.o1api.api.responses.ToolNames.Tool;
import org.o1api.model.Delta;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.RawJson;
import org.o1api.model.StepKind;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnEvent.AnswerText;
import org.o1api.model.TurnEvent.StepEnded;
import org.o1api.model.TurnEvent.StepStarted;
import org.o1api.model.TurnEvent.StepText;
import org.o1api.model.TurnEvent.StepTitled;
import org.o1api.model.TurnUsage;
import org.o1api.model.Usage;
import org.o1api.model.UsageReport;
import org.o1api.server.RecordedStream;
import org.o1api.testing.ResponseSchema;

/** The events of a turn as a stream and as one object. */
class ResponseWriterTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern DATA = Pattern.compile("(?m)^data: (.*)$");
    private static final String TURN = "0123456789abcdef0123456789abcdef";
    private static final ToolNames TOOLS = new ToolNames(List.of(
            new Tool(Kind.FUNCTION, null, "f"),
            new Tool(Kind.CUSTOM, null, "c"),
            new Tool(Kind.FUNCTION, "n", "f"),
            new Tool(Kind.CUSTOM, "n", "c")));
    private static final ResponseObject RESPONSE =
            new ResponseObject("resp_" + TURN, 5, "o1", settings(), UsageReport.ANSWER);

    private static Map<String, RawJson> settings() {
        Map<String, RawJson> settings = ResponseSettings.defaults();
        settings.put("reasoning", new RawJson("{\"effort\":null,\"summary\":null}"));
        return settings;
    }

    private static TurnEvent.Completed completed(FinishReason reason) {
        Usage usage = new Usage(10, 4, 2, 8, 3);
        return new TurnEvent.Completed(reason, new TurnUsage(usage, usage, 1, 1));
    }

    private static TurnEvent call(int index, @Nullable String id, @Nullable String name, String arguments) {
        return new TurnEvent.ToolCall(new Delta.ToolCall(index, id, name, arguments));
    }

    private static ResponseOutput output(boolean showsReasoning, ResponseEvents events) {
        return new ResponseOutput(TURN, new OutputForm(2, TOOLS, showsReasoning, OutputForm.PLAIN), events);
    }

    /** The events of a stream in which nothing is joined, without those that every stream has. */
    private static List<JsonNode> stream(boolean showsReasoning, List<TurnEvent> events) {
        RecordedStream recorded = new RecordedStream(new byte[0]);
        NumberedEvents encoder = new NumberedEvents(2);
        StreamingResponseWriter writer =
                new StreamingResponseWriter(RESPONSE, encoder, output(showsReasoning, encoder), recorded.stream());
        for (TurnEvent event : events) {
            writer.write(event);
            if (!(event instanceof TurnEvent.Completed)) {
                writer.flush();
            }
        }
        writer.end();
        return parsed(String.join("", recorded.writes()));
    }

    private static List<JsonNode> parsed(String text) {
        List<JsonNode> parsed = new ArrayList<>();
        DATA.matcher(text).results().forEach(data -> {
            ResponseSchema.checkEvent(data.group(1));
            JsonNode event = tree(data.group(1));
            assertThat(event.path("sequence_number").asInt()).isEqualTo(parsed.size() + 2);
            assertThat(text).contains("event: " + event.path("type").asText() + "\ndata: " + data.group(1) + "\n\n");
            parsed.add(event);
        });
        return parsed;
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One line for each event: its type without prefix, the indexes, and its text or item. */
    private static String show(List<JsonNode> events) {
        return events.stream().map(ResponseWriterTest::show).collect(Collectors.joining("\n"));
    }

    private static String show(JsonNode event) {
        StringBuilder line = new StringBuilder(event.path("type").asText().replace("response.", ""));
        for (String index : List.of("output_index", "summary_index", "content_index")) {
            line.append(event.has(index) ? " " + event.path(index).asText() : "");
        }
        for (String field : List.of("delta", "text", "refusal", "arguments", "input")) {
            line.append(event.has(field) ? " " + event.path(field) : "");
        }
        JsonNode part = event.path("part");
        line.append(
                part.isMissingNode()
                        ? ""
                        : " " + part.path("type").asText() + part.path("text") + part.path("refusal"));
        JsonNode item = event.path("item");
        line.append(
                item.isMissingNode()
                        ? ""
                        : " " + item.path("id").asText().replace(TURN, "T") + " "
                                + item.path("status").asText());
        return line.toString().stripTrailing();
    }

    private static JsonNode whole(boolean showsReasoning, List<TurnEvent> events) {
        List<String> sent = new ArrayList<>();
        ResponseWriter writer = new ResponseWriter(
                RESPONSE, output(showsReasoning, (type, fields) -> {}), new SurfaceTurn.JsonTarget() {
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
        return tree(sent.get(0));
    }

    @Test
    void streamsStepsAndTheAnswer() {
        List<TurnEvent> turn = List.of(
                new StepStarted(1),
                new StepTitled(1, "First\nstep"),
                new StepText(1, "one"),
                new StepEnded(1),
                new StepStarted(2),
                new StepText(2, "two"),
                new StepEnded(2),
                new AnswerText("Yes"),
                new AnswerText("."),
                completed(FinishReason.STOP));
        assertThat(show(stream(true, turn))).isEqualTo("""
                        output_item.added 0 rs_T_2
                        reasoning_summary_part.added 0 0 summary_text""
                        reasoning_summary_text.delta 0 0 "**First step**"
                        reasoning_summary_text.delta 0 0 "\\n\\none"
                        reasoning_summary_text.done 0 0 "**First step**\\n\\none"
                        reasoning_summary_part.done 0 0 summary_text"**First step**\\n\\none"
                        reasoning_summary_part.added 0 1 summary_text""
                        reasoning_summary_text.delta 0 1 "two"
                        reasoning_summary_text.done 0 1 "two"
                        reasoning_summary_part.done 0 1 summary_text"two"
                        output_item.done 0 rs_T_2
                        output_item.added 1 msg_T_3 in_progress
                        content_part.added 1 0 output_text""
                        output_text.delta 1 0 "Yes"
                        output_text.delta 1 0 "."
                        output_text.done 1 0 "Yes."
                        content_part.done 1 0 output_text"Yes."
                        output_item.done 1 msg_T_3 completed
                        completed""");
        assertThat(show(stream(false, turn))).startsWith("output_item.added 0 msg_T_2 in_progress\n");
    }

    /** Texts that arrive together are sent together. */
    @Test
    void joinsTextUntilItIsFlushed() {
        RecordedStream recorded = new RecordedStream(new byte[0]);
        NumberedEvents encoder = new NumberedEvents(2);
        StreamingResponseWriter writer =
                new StreamingResponseWriter(RESPONSE, encoder, output(true, encoder), recorded.stream());
        List.of(new StepStarted(1), new StepTitled(1, "A"), new StepText(1, "b"), new StepText(1, "c"))
                .forEach(writer::write);
        writer.flush();
        assertThat(show(parsed(String.join("", recorded.writes()))))
                .endsWith("reasoning_summary_text.delta 0 0 \"**A**\\n\\nbc\"");
    }

    static Stream<Arguments> steps() {
        StepStarted vote = new StepStarted(1, StepKind.VOTE, "Vote");
        return Stream.of(
                arguments(List.of(vote, new StepText(1, "3 of 4"), new StepEnded(1)), "**Vote**\n\n3 of 4"),
                arguments(List.of(vote, new StepEnded(1)), "**Vote**"),
                arguments(List.of(vote, new StepTitled(1, "T"), new StepText(1, "\nx")), "**Vote**\n\n### T\nx"),
                arguments(
                        List.of(
                                new StepStarted(1),
                                new StepText(1, "a"),
                                new StepTitled(1, "T"),
                                new StepText(1, " b")),
                        "**T**\n\na b"),
                arguments(List.of(new StepStarted(1), new StepText(1, "a"), new StepTitled(1, "T")), "**T**\n\na"),
                arguments(List.of(new StepStarted(1), new StepTitled(1, " "), new StepText(1, "a")), "a"),
                arguments(List.of(new StepStarted(1), new StepEnded(1)), ""));
    }

    @ParameterizedTest
    @MethodSource("steps")
    void showsAStepAsOnePart(List<TurnEvent> step, String text) {
        List<TurnEvent> turn = new ArrayList<>(step);
        turn.add(new AnswerText("Yes."));
        turn.add(completed(FinishReason.STOP));
        assertThat(whole(true, turn).at("/output/0/summary")).hasSize(1);
        assertThat(whole(true, turn).at("/output/0/summary/0/text").asText()).isEqualTo(text);
    }

    /** A step that waits for its call must not begin the response. */
    @Test
    void showsAStepWithALabelNotBeforeItsFirstText() {
        RecordedStream recorded = new RecordedStream(new byte[0]);
        NumberedEvents encoder = new NumberedEvents(2);
        StreamingResponseWriter writer =
                new StreamingResponseWriter(RESPONSE, encoder, output(true, encoder), recorded.stream());
        writer.write(new StepStarted(1, StepKind.SAMPLE, "Sample 1"));
        writer.flush();
        assertThat(recorded.writes()).isEmpty();
    }

    static Stream<List<TurnEvent>> turns() {
        return Stream.of(
                List.of(new AnswerText("Yes."), completed(FinishReason.STOP)),
                List.of(new StepStarted(1), new StepText(1, "a"), new AnswerText("Ye"), completed(FinishReason.LENGTH)),
                List.of(new AnswerText("Ye"), completed(FinishReason.CONTENT_FILTER)),
                List.of(new StepStarted(1), new TurnEvent.RefusalText("No."), completed(FinishReason.STOP)),
                List.of(new TurnEvent.RefusalText("No."), new AnswerText("Well."), completed(FinishReason.STOP)),
                List.of(
                        new AnswerText("Look."),
                        call(0, "c1", "f", ""),
                        call(0, null, null, "{\"a\":"),
                        call(0, null, null, "1}"),
                        call(1, "c2", "c", "{\"input\":\"x\"}"),
                        call(2, "c3", "n__f", "{}"),
                        completed(FinishReason.TOOL_CALLS)),
                List.of(
                        new TurnEvent.Image(new RawJson(
                                "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,eA==\"}}")),
                        new AnswerText("An image."),
                        completed(FinishReason.STOP)),
                List.of(completed(FinishReason.LENGTH)));
    }

    @ParameterizedTest
    @MethodSource("turns")
    void sendsTheSameResponseAtTheEndOfAStream(List<TurnEvent> turn) {
        List<JsonNode> events = stream(true, turn);
        JsonNode streamed = events.get(events.size() - 1).path("response");
        JsonNode whole = whole(true, turn);
        assertThat(streamed.path("output")).isEqualTo(whole.path("output"));
        assertThat(streamed.path("status")).isEqualTo(whole.path("status"));
        assertThat(streamed.path("usage")).isEqualTo(whole.path("usage"));
        List<JsonNode> done = events.stream()
                .filter(event -> event.path("type").asText().equals("response.output_item.done"))
                .sorted((a, b) ->
                        a.path("output_index").asInt() - b.path("output_index").asInt())
                .map(event -> event.path("item"))
                .toList();
        assertThat(done)
                .isEqualTo(List.copyOf(
                        JSON.convertValue(whole.path("output"), JsonNode[].class).length == 0
                                ? List.of()
                                : List.of(JSON.convertValue(whole.path("output"), JsonNode[].class))));
    }

    @ParameterizedTest
    @CsvSource({
        "STOP, completed, , completed",
        "TOOL_CALLS, completed, , completed",
        "LENGTH, incomplete, max_output_tokens, incomplete",
        "CONTENT_FILTER, incomplete, content_filter, incomplete",
    })
    void hasTheStatusOfItsEnd(FinishReason reason, String status, @Nullable String why, String itemStatus) {
        JsonNode response = whole(true, List.of(new AnswerText("a"), completed(reason)));
        assertThat(response.path("status").asText()).isEqualTo(status);
        assertThat(response.at("/incomplete_details/reason").textValue()).isEqualTo(why);
        assertThat(response.path("completed_at").isNull()).isEqualTo(why != null);
        assertThat(response.at("/output/0/status").asText()).isEqualTo(itemStatus);
        assertThat(response.path("usage").toString())
                .isEqualTo(
                        "{\"input_tokens\":10,\"input_tokens_details\":{\"cached_tokens\":4,\"cache_write_tokens\":2},"
                                + "\"output_tokens\":8,\"output_tokens_details\":{\"reasoning_tokens\":3},\"total_tokens\":18}");
        assertThat(response.at("/x_o1/usage/calls").asInt()).isEqualTo(1);
    }

    @Test
    void streamsCallsOfFunctionsAndCustomTools() {
        List<TurnEvent> turn = List.of(
                call(0, "c1", "n__f", ""),
                call(0, null, null, "{\"a\":"),
                call(1, "c2", "n__c", "{\"input\":\"l"),
                call(0, null, null, "1}"),
                call(1, null, null, "s\"}"),
                call(2, "c3", "c", "not JSON"),
                completed(FinishReason.TOOL_CALLS));
        List<JsonNode> events = stream(true, turn);
        assertThat(show(events)).isEqualTo("""
                        output_item.added 0 fc_T_2 in_progress
                        function_call_arguments.delta 0 "{\\"a\\":"
                        output_item.added 1 ctc_T_3 in_progress
                        function_call_arguments.delta 0 "1}"
                        function_call_arguments.done 0 "{\\"a\\":1}"
                        output_item.done 0 fc_T_2 completed
                        custom_tool_call_input.delta 1 "ls"
                        custom_tool_call_input.done 1 "ls"
                        output_item.done 1 ctc_T_3 completed
                        output_item.added 2 ctc_T_4 in_progress
                        custom_tool_call_input.delta 2 "not JSON"
                        custom_tool_call_input.done 2 "not JSON"
                        output_item.done 2 ctc_T_4 completed
                        completed""");
        assertThat(events.get(events.size() - 1).at("/response/output").toString())
                .isEqualTo(
                        ("[{'id':'fc_T_2','type':'function_call','status':'completed','call_id':'c1','name':'f','namespace':'n',"
                                        + "'arguments':'{\\'a\\':1}'},"
                                        + "{'id':'ctc_T_3','type':'custom_tool_call','status':'completed','call_id':'c2','name':'c',"
                                        + "'namespace':'n','input':'ls'},"
                                        + "{'id':'ctc_T_4','type':'custom_tool_call','status':'completed','call_id':'c3','name':'c',"
                                        + "'input':'not JSON'}]")
                                .replace('\'', '"')
                                .replace("_T_", "_" + TURN + "_"));
    }

    @Test
    void passesOnWhatAProviderNeedsBackOfACall() {
        TurnEvent call = new TurnEvent.ToolCall(new Delta.ToolCall(
                0,
                "c1",
                "f",
                "{}",
                Map.of(
                        "extra_content",
                        new RawJson("{\"s\":1}"),
                        "status",
                        new RawJson("\"odd\""),
                        "x",
                        new RawJson("1"))));
        JsonNode item =
                whole(true, List.of(call, completed(FinishReason.TOOL_CALLS))).at("/output/0");
        assertThat(item.at("/extra_content/s").asInt()).isEqualTo(1);
        assertThat(item.path("status").asText()).isEqualTo("completed");
        assertThat(item.has("x")).isFalse();
    }

    @Test
    void sendsAnImageWithoutDataAsALink() {
        TurnEvent image = new TurnEvent.Image(new RawJson("{\"image_url\":{\"url\":\"https://x/y.png\"}}"));
        assertThat(whole(true, List.of(image, completed(FinishReason.STOP)))
                        .at("/output/0/content/0/text")
                        .asText())
                .isEqualTo("![](https://x/y.png)");
    }

    @ParameterizedTest
    @CsvSource({"UPSTREAM_FAILED, server_error", "CONTEXT_LENGTH_EXCEEDED, context_length_exceeded"})
    void endsAFailedStreamWithWhatIsComplete(ErrorCode failure, String code) {
        NumberedEvents encoder = new NumberedEvents(2);
        StreamingResponseWriter writer = new StreamingResponseWriter(
                RESPONSE, encoder, output(true, encoder), new RecordedStream(new byte[0]).stream());
        List.of(new StepStarted(1), new StepText(1, "a"), new AnswerText("b")).forEach(writer::write);
        byte[] events = writer.errorEvents(new RequestException(failure, null, "no"));
        List<JsonNode> parsed = parsed(new String(events, StandardCharsets.UTF_8));
        assertThat(show(parsed)).endsWith("output_text.delta 1 0 \"b\"\nfailed");
        JsonNode response = parsed.get(parsed.size() - 1).path("response");
        assertThat(response.path("status").asText()).isEqualTo("failed");
        assertThat(response.at("/error/code").asText()).isEqualTo(code);
        assertThat(response.at("/error/message").asText()).isEqualTo("no");
        assertThat(response.path("output")).hasSize(1);
        assertThat(response.at("/usage/total_tokens").asInt(-1)).isZero();
        assertThat(writer.opensBeforeErrors()).isTrue();
    }
}
