package org.o1api.api.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.api.RequestException;
import org.o1api.api.StreamClient;
import org.o1api.api.SurfaceTurn;
import org.o1api.model.Cancellation;
import org.o1api.model.Delta;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnEvent.AnswerText;
import org.o1api.model.TurnEvent.RefusalText;
import org.o1api.model.TurnEvent.StepEnded;
import org.o1api.model.TurnEvent.StepStarted;
import org.o1api.model.TurnEvent.StepText;
import org.o1api.model.TurnEvent.StepTitled;
import org.o1api.model.TurnUsage;
import org.o1api.model.Usage;
import org.o1api.model.UsageReport;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.TestPresets;
import org.o1api.reasoning.TestStrategy;
import org.o1api.reasoning.TurnClient;
import org.o1api.server.RecordedStream;
import org.o1api.turn.TurnFixture;

/** The events of a turn as a stream and as one message. */
class MessageWriterTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern EVENT = Pattern.compile("event: (\\w+)\ndata: (.*)\n\n");

    private static MessageTurn turn(boolean showsThinking, boolean omitsThinking) {
        return turn(showsThinking, omitsThinking, Map.of());
    }

    private static MessageTurn turn(boolean showsThinking, boolean omitsThinking, Map<String, RawJson> closingFields) {
        return new MessageTurn(
                TurnFixture.request(
                        TestPresets.preset(TestStrategy.EMPTY),
                        null,
                        new Prompt(List.of(Message.user("Hi")), Map.of(), null, closingFields, null),
                        new Cancellation(),
                        null),
                new MessageObject("msg_1", "thinker", UsageReport.ANSWER),
                showsThinking,
                new MessageContent.Form(omitsThinking, steps -> Optional.of(String.join("|", steps))));
    }

    private static TurnEvent.Completed completed(FinishReason reason) {
        Usage usage = new Usage(10, 4, 2, 8, 3);
        return new TurnEvent.Completed(reason, new TurnUsage(usage, usage, 1, 1));
    }

    private static TurnEvent call(int index, @Nullable String id, @Nullable String name, String arguments) {
        return new TurnEvent.ToolCall(new Delta.ToolCall(index, id, name, arguments));
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A stream in which nothing is joined: one line for each event, with its index and what it adds. */
    private static String stream(MessageTurn turn, List<TurnEvent> events) {
        RecordedStream recorded = new RecordedStream(new byte[0]);
        StreamClient writer = turn.streamWriter(recorded.stream());
        for (TurnEvent event : events) {
            writer.write(event);
            if (!(event instanceof TurnEvent.Completed)) {
                writer.flush();
            }
        }
        writer.end();
        return EVENT.matcher(String.join("", recorded.writes()))
                .results()
                .map(event -> {
                    JsonNode json = tree(event.group(2));
                    assertThat(json.path("type").asText()).isEqualTo(event.group(1));
                    return show(json);
                })
                .collect(Collectors.joining("\n"));
    }

    private static String show(JsonNode event) {
        String type = event.path("type").asText().replace("content_block_", "");
        String index = event.has("index") ? " " + event.path("index") : "";
        JsonNode more = event.has("delta") ? event.path("delta") : event.path("content_block");
        StringBuilder line = new StringBuilder(type + index);
        for (String field : List.of(
                "type", "id", "text", "thinking", "signature", "partial_json", "stop_reason", "stop_sequence")) {
            line.append(more.has(field) ? " " + more.path(field).asText().replace("\n", "\\n") : "");
        }
        return line.toString();
    }

    private static JsonNode whole(MessageTurn turn, List<TurnEvent> events) {
        List<String> sent = new ArrayList<>();
        TurnClient writer = turn.jsonWriter(new SurfaceTurn.JsonTarget() {
            @Override
            public void probe() {}

            @Override
            public void send(byte[] json) {
                sent.add(new String(json, StandardCharsets.UTF_8));
            }
        });
        events.forEach(writer::write);
        writer.end();
        return tree(sent.get(0));
    }

    private static final List<TurnEvent> STEPS = List.of(
            new StepStarted(1),
            new StepTitled(1, "A"),
            new StepText(1, "one"),
            new StepEnded(1),
            new StepStarted(2),
            new StepText(2, "two"),
            new StepEnded(2),
            new AnswerText("Yes"),
            new AnswerText("."),
            completed(FinishReason.STOP));

    @Test
    void streamsStepsAsOneBlockAndTheAnswer() {
        assertThat(stream(turn(true, false), STEPS)).isEqualTo("""
                        start 0 thinking \s
                        delta 0 thinking_delta ## Step 1
                        delta 0 thinking_delta : A\\n
                        delta 0 thinking_delta one
                        delta 0 thinking_delta \\n\\n## Step 2
                        delta 0 thinking_delta \\ntwo
                        delta 0 signature_delta ## Step 1: A\\none|## Step 2\\ntwo
                        stop 0
                        start 1 text\s
                        delta 1 text_delta Yes
                        delta 1 text_delta .
                        stop 1
                        message_delta end_turn null
                        message_stop""");
    }

    @Test
    void omitsAllButTheSignature() {
        assertThat(stream(turn(true, true), STEPS)).startsWith("""
                        start 0 thinking \s
                        delta 0 signature_delta ## Step 1: A\\none|## Step 2\\ntwo
                        stop 0
                        start 1 text""");
        JsonNode block = whole(turn(true, true), STEPS).at("/content/0");
        assertThat(block.path("thinking").asText()).isEmpty();
        assertThat(block.path("signature").asText()).isNotEmpty();
    }

    @Test
    void hidesTheReasoning() {
        assertThat(stream(turn(false, false), STEPS)).startsWith("start 0 text");
        assertThat(whole(turn(false, false), STEPS).path("content")).hasSize(1);
    }

    /** Only one block is open at a time, whatever the provider does. */
    @Test
    void streamsCallsOneAfterTheOther() {
        List<TurnEvent> calls = List.of(
                new AnswerText("a"),
                call(0, "c0", "f", "{\"a\":"),
                call(1, "c1", "g", "{\"b\":"),
                call(0, null, null, "1}"),
                call(1, null, null, "2}"),
                call(2, null, "h", ""),
                completed(FinishReason.TOOL_CALLS));
        assertThat(stream(turn(true, false), calls)).matches("""
                        start 0 text\s
                        delta 0 text_delta a
                        stop 0
                        start 1 tool_use c0
                        delta 1 input_json_delta \\{"a":
                        delta 1 input_json_delta 1\\}
                        stop 1
                        start 2 tool_use c1
                        delta 2 input_json_delta \\{"b":
                        delta 2 input_json_delta 2\\}
                        stop 2
                        start 3 tool_use toolu_[0-9a-f]{32}_3
                        stop 3
                        message_delta tool_use null
                        message_stop""");
        assertThat(whole(turn(true, false), calls).path("content"))
                .extracting(block -> block.path("input").toString())
                .containsExactly("", "{\"a\":1}", "{\"b\":2}", "{}");
    }

    /** Arguments of two calls; the inputs in one object, and the calls that a stream shows. In a stream a cut call may have begun. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "-",
            value = {
                "{'a':1} | {'b': | {'a':1} | c0 c1",
                "{'a':1} | ``    | {'a':1} | c0",
                "``      | {'b': | ``      | ``",
                "{'a':   | -     | ``      | c0",
                "``      | -     | ``      | ``",
                "[1]     | -     | ``      | c0",
                "``      | {}    | {}      | c1",
            })
    void leavesOutACutCall(String first, @Nullable String second, String inputs, String streamed) {
        List<TurnEvent> events = new ArrayList<>();
        events.add(call(0, "c0", "f", first.replace('\'', '"')));
        if (second != null) {
            events.add(call(1, "c1", "f", second.replace('\'', '"')));
        }
        events.add(completed(FinishReason.LENGTH));
        JsonNode message = whole(turn(true, false), events);
        assertThat(message.path("stop_reason").asText()).isEqualTo("max_tokens");
        assertThat(String.join(
                        " ",
                        message.path("content").findValues("input").stream()
                                .map(JsonNode::toString)
                                .toList()))
                .isEqualTo(inputs.replace('\'', '"'));
        String shown = stream(turn(true, false), events);
        assertThat(Pattern.compile("start \\d tool_use (\\w+)")
                        .matcher(shown)
                        .results()
                        .map(start -> start.group(1))
                        .collect(Collectors.joining(" ")))
                .isEqualTo(streamed);
        assertThat(shown).endsWith("message_delta max_tokens null\nmessage_stop");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"[1] | TOOL_CALLS", "'x' | STOP", "x | STOP", "{ | TOOL_CALLS", "{} {} | STOP", "null | STOP"})
    void failsIfTheArgumentsOfACallAreNotAnObject(String arguments, FinishReason reason) {
        List<TurnEvent> events = List.of(call(0, "c0", "f", arguments.replace('\'', '"')), completed(reason));
        assertThatThrownBy(() -> whole(turn(true, false), events))
                .isInstanceOfSatisfying(
                        InvalidCallException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UPSTREAM_FAILED));
        assertThatThrownBy(() -> stream(turn(true, false), events)).isInstanceOf(InvalidCallException.class);
    }

    /** Only a sequence that the caller has sent. */
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "STOP, END, false, stop_sequence, END",
                "STOP, '\u00e4\n', false, stop_sequence, '\u00e4\n'",
                "STOP, other, false, end_turn, -",
                "STOP, -, false, end_turn, -",
                "LENGTH, END, false, max_tokens, -",
                "STOP, END, true, tool_use, -",
            })
    void namesTheStopSequence(
            FinishReason reason, @Nullable String named, boolean hasCall, String expected, @Nullable String sequence) {
        List<TurnEvent> events = new ArrayList<>(List.of(new AnswerText("a")));
        if (hasCall) {
            events.add(call(0, "c", "f", "{}"));
        }
        TurnEvent.Completed end = completed(reason);
        events.add(new TurnEvent.Completed(end.reason(), end.usage(), null, named));
        MessageTurn turn = turn(true, false, Map.of("stop", new RawJson("[\"END\", \"\\u00e4\\n\"]")));
        JsonNode message = whole(turn, events);
        assertThat(message.path("stop_reason").asText()).isEqualTo(expected);
        assertThat(message.path("stop_sequence").textValue()).isEqualTo(sequence);
        assertThat(stream(turn, events))
                .contains("message_delta " + expected + " "
                        + (sequence == null ? "null" : sequence.replace("\n", "\\n")));
    }

    @ParameterizedTest
    @CsvSource({
        "STOP, false, false, end_turn",
        "STOP, true, false, tool_use",
        "TOOL_CALLS, true, false, tool_use",
        "LENGTH, false, false, max_tokens",
        "CONTENT_FILTER, false, false, refusal",
        "STOP, false, true, refusal",
    })
    void tellsWhyTheMessageEnded(FinishReason reason, boolean hasCall, boolean refuses, String expected) {
        List<TurnEvent> events = new ArrayList<>();
        events.add(refuses ? new RefusalText("no") : new AnswerText("a"));
        if (hasCall) {
            events.add(call(0, "c", "f", "{}"));
        }
        events.add(completed(reason));
        assertThat(whole(turn(true, false), events).path("stop_reason").asText())
                .isEqualTo(expected);
    }

    @Test
    void countsCachedTokensSeparately() {
        assertThat(whole(turn(true, false), STEPS).path("usage").toString())
                .isEqualTo(
                        "{\"input_tokens\":4,\"cache_creation_input_tokens\":2,\"cache_read_input_tokens\":4,\"output_tokens\":8}");
    }

    @Test
    void linksToImagesAndKeepsWhatAProviderAddsToACall() {
        JsonNode content = whole(
                        turn(true, false),
                        List.of(
                                new TurnEvent.Image(new RawJson(
                                        "{\"type\":\"image_url\",\"image_url\":{\"url\":\"http://x/y.png\"}}")),
                                new TurnEvent.ToolCall(new Delta.ToolCall(
                                        0,
                                        "c",
                                        "f",
                                        "{}",
                                        Map.of("extra_content", new RawJson("{\"s\":1}"), "x", new RawJson("1")))),
                                completed(FinishReason.TOOL_CALLS)))
                .path("content");
        assertThat(content.at("/0/text").asText()).isEqualTo("![](http://x/y.png)");
        assertThat(content.at("/1/extra_content").toString()).isEqualTo("{\"s\":1}");
        assertThat(content.at("/1").has("x")).isFalse();
    }

    @Test
    void opensWithAMessageThatHasACountOfThePrompt() {
        String[] events = new String(turn(true, false).openingEvent(), StandardCharsets.UTF_8).split("\n\n");
        assertThat(events).hasSize(2);
        assertThat(events[0]).startsWith("event: message_start\n").contains("\"content\":[]", "\"stop_reason\":null");
        assertThat(tree(events[0].substring(events[0].indexOf('{')))
                        .at("/message/usage/input_tokens")
                        .asInt())
                .isGreaterThan(5);
        assertThat(events[1]).isEqualTo("event: ping\ndata: {\"type\":\"ping\"}");
    }

    @Test
    void endsWithAnErrorEvent() {
        RecordedStream recorded = new RecordedStream(new byte[0]);
        byte[] events = turn(true, false)
                .streamWriter(recorded.stream())
                .errorEvents(new RequestException(ErrorCode.OVERLOADED, null, "full"));
        assertThat(new String(events, StandardCharsets.UTF_8))
                .isEqualTo(
                        "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"full\"},"
                                + "\"request_id\":\"req_1\"}\n\n");
        assertThat(new String(turn(true, false).unexpectedEvent(), StandardCharsets.UTF_8))
                .contains("\"type\":\"api_error\"");
    }

    /** A text that has begun ends, with what was not sent before. Another block stays open: its client must not take it as complete. */
    @Test
    void endsATextBeforeAnError() {
        assertThat(error(new TurnEvent.AnswerText("a"), true, new TurnEvent.AnswerText("b")))
                .containsExactly("delta 0 text_delta b", "stop 0", "error");
        assertThat(error(new TurnEvent.AnswerText("a"), true, call(0, "c", "f", "{")))
                .containsExactly("stop 0", "error");
        assertThat(error(new TurnEvent.AnswerText("a"), false, new TurnEvent.AnswerText("b")))
                .containsExactly("error");
        assertThat(error(call(0, "c", "f", "{"), true, call(0, null, null, "\"a\":")))
                .containsExactly("error");
    }

    /** The events of an error after two events of a turn. */
    private static List<String> error(TurnEvent first, boolean isFlushed, TurnEvent second) {
        StreamClient writer = turn(true, false).streamWriter(new RecordedStream(new byte[0]).stream());
        writer.write(first);
        if (isFlushed) {
            writer.flush();
        }
        writer.write(second);
        byte[] events = writer.errorEvents(new RequestException(ErrorCode.OVERLOADED, null, "full"));
        return EVENT.matcher(new String(events, StandardCharsets.UTF_8))
                .results()
                .map(event -> show(tree(event.group(2))))
                .toList();
    }
}
