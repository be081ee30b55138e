package org.o1api.api.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.api.ReasoningFormatter;
import org.o1api.model.FinishReason;
import org.o1api.model.Mode;
import org.o1api.model.ReasoningFormat;
import org.o1api.model.StepKind;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnEvent.StepOutcome;
import org.o1api.model.TurnSummary;
import org.o1api.model.TurnUsage;
import org.o1api.model.Usage;
import org.o1api.model.UsageReport;
import org.o1api.reasoning.StepHeading;
import org.o1api.reasoning.TurnClient;
import org.o1api.reasoning.TurnLog;
import org.o1api.server.RecordedStream;

/** The order of a stream's chunks with a trace. */
class StreamingChatWriterTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final CompletionMetadata METADATA = new CompletionMetadata("chatcmpl-1", 5, "o1", "fp_1", null);
    private static final TurnSummary SUMMARY = new TurnSummary(
            "turn_1",
            "o1",
            "vote",
            null,
            null,
            Mode.STANDARD,
            0,
            null,
            null,
            null,
            null,
            null,
            List.of(),
            Duration.ZERO);

    private final RecordedStream recorded = new RecordedStream(ChunkEncoder.opening(METADATA));

    private TurnClient client(@Nullable UsageReport usage, boolean traced) {
        TraceEncoder trace = traced ? new TraceEncoder("m", () -> 0) : null;
        return new ReasoningFormatter(
                ReasoningFormat.REASONING_CONTENT,
                StepHeading.DEFAULT,
                new StreamingChatWriter(METADATA, ReasoningFormat.REASONING_CONTENT, usage, trace, recorded.stream()));
    }

    /** The chunks of one write in short. */
    private static List<String> chunks(String write) {
        List<String> chunks = new ArrayList<>();
        for (String event : write.split("\n\n", -1)) {
            if (!event.isEmpty()) {
                chunks.add(event.equals("data: [DONE]") ? "done" : chunk(event.substring("data: ".length())));
            }
        }
        return chunks;
    }

    private static String chunk(String data) {
        try {
            JsonNode chunk = JSON.readTree(data);
            assertThat(chunk.path("id").asText()).isEqualTo("chatcmpl-1");
            assertThat(chunk.path("object").asText()).isEqualTo("chat.completion.chunk");
            assertThat(chunk.path("created").asInt()).isEqualTo(5);
            assertThat(chunk.path("model").asText()).isEqualTo("o1");
            if (chunk.path("choices").isEmpty()) {
                JsonNode own = chunk.path("x_o1");
                return (chunk.has("usage") ? "usage " : "")
                        + (own.has("type") ? own.path("type").asText() : own.has("turn") ? "summary" : "")
                        + (own.has("step") ? " " + own.path("step") : "")
                        + (own.has("text") ? " " + own.path("text").asText() : "");
            }
            assertThat(chunk.has("x_o1")).isFalse();
            JsonNode choice = chunk.at("/choices/0");
            if (choice.path("finish_reason").isTextual()) {
                return "finish";
            }
            JsonNode delta = choice.path("delta");
            return delta.has("role")
                    ? "role"
                    : delta.properties().iterator().next().getValue().asText();
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<List<String>> writes() {
        return recorded.writes().stream().map(StreamingChatWriterTest::chunks).toList();
    }

    private static TurnEvent completed(@Nullable TurnSummary summary, int calls) {
        return new TurnEvent.Completed(FinishReason.STOP, new TurnUsage(Usage.NONE, Usage.NONE, calls, calls), summary);
    }

    /** Two samples at the same time. */
    private static void runVote(TurnLog log, TurnClient client) {
        log.stepStarted(1, StepKind.SAMPLE, "Sample 1");
        log.stepStarted(2, StepKind.SAMPLE, "Sample 2");
        client.flush();
        log.stepText(1, "a");
        log.stepText(1, "b");
        log.stepText(2, "x");
        log.stepText(2, "y");
        log.stepText(1, "c");
        client.flush();
        log.stepText(2, "z");
        log.stepEnded(2, StepOutcome.COMPLETED, "42");
        client.flush();
        log.stepEnded(1, StepOutcome.COMPLETED, "42");
        log.tally(Map.of("42", 2), 0.75);
        log.answerText("It is 42.");
        log.write(completed(SUMMARY, 2));
        client.end();
    }

    @Test
    void sendsTheTraceInTheOrderOfTheEventsAndJoinsTexts() {
        TurnClient client = client(null, true);
        runVote(new TurnLog(client), client);

        assertThat(writes())
                .containsExactly(
                        List.of(
                                "role",
                                "step_started 1",
                                "step_started 2",
                                "step_text 1 ab",
                                "step_text 2 xy",
                                "step_text 1 c",
                                "## Step 1: Sample 1\nabc"),
                        List.of("step_text 2 z", "step_ended 2"),
                        List.of(
                                "step_ended 1",
                                "\n\n## Step 2: Sample 2\n42",
                                "tally",
                                "It is 42.",
                                "finish",
                                "summary",
                                "done"));
    }

    @Test
    void sendsTheSameDeltasWithoutATrace() {
        TurnClient client = client(null, false);
        assertThat(client.isTraced()).isFalse();
        runVote(new TurnLog(client), client);

        assertThat(writes())
                .containsExactly(
                        List.of("role", "## Step 1: Sample 1\nabc"),
                        List.of("\n\n## Step 2: Sample 2\n42", "It is 42.", "finish", "done"));
    }

    @ParameterizedTest
    @CsvSource({
        "true,  ANSWER, 'finish;usage summary;done'",
        "true,  ,       'finish;summary;done'",
        "false, ANSWER, 'finish;usage summary;done'",
        "false, ,       'finish;done'"
    })
    void theLastChunkHasTheSummary(boolean traced, @Nullable UsageReport usage, String expected) {
        TurnClient client = client(usage, traced);
        client.write(new TurnEvent.AnswerText("a"));
        client.write(completed(SUMMARY, 1));
        client.end();

        assertThat(String.join(";", writes().get(0))).isEqualTo("role;a;" + expected);
    }

    /** A replay of a turn that an early version stored. */
    @Test
    void thereIsNoLastChunkIfNothingIsKnown() {
        TurnClient client = client(null, true);
        client.write(new TurnEvent.AnswerText("a"));
        client.write(completed(null, 0));
        client.end();

        assertThat(writes()).containsExactly(List.of("role", "a", "finish", "done"));
    }

    @Test
    void theTraceAloneDoesNotStartTheResponse() {
        TurnClient client = client(null, true);
        client.trace(new TurnEvent.Route("single"));
        client.flush();
        client.trace(new TurnEvent.StepStarted(1));
        client.flush();
        assertThat(recorded.writes()).isEmpty();

        client.write(new TurnEvent.StepStarted(1));
        client.flush();
        assertThat(writes()).containsExactly(List.of("role", "route", "step_started 1", "## Step 1"));
        client.trace(new TurnEvent.Note("n"));
        client.flush();
        assertThat(writes().get(1)).containsExactly("note n");
    }

    @Test
    void theTraceIsSentOnceTheResponseHasStarted() {
        TurnClient client = client(null, true);
        client.trace(new TurnEvent.Route("single"));
        client.flush();
        client.accepted();
        client.flush();
        assertThat(writes()).containsExactly(List.of("role"), List.of("route"));
    }
}
