package org.o1api.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.json.MessageJson;
import org.o1api.model.Content;
import org.o1api.model.Effort;
import org.o1api.model.EndedBy;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.model.Mode;
import org.o1api.model.RawJson;
import org.o1api.model.Role;
import org.o1api.model.StepKind;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnEvent.StepOutcome;
import org.o1api.model.TurnEvent.StepTokens;
import org.o1api.model.TurnSummary;
import org.o1api.model.TurnUsage;
import org.o1api.model.Usage;

/** A stored turn is read back unchanged: JSON byte for byte, texts with all their characters. */
class TurnJsonTest {
    static List<String> values() {
        return List.of(
                "1e999",
                "12345678901234567890.1234567890",
                "1E2",
                "-0.0",
                "-0",
                "9".repeat(2000),
                "{\"a\":1,\"a\":2}",
                "{ \"b\" : [ 1 , 2 ] ,\n\"a\":null}",
                "\"\\u0041\\/\\n\"",
                "\"\\ud800\"",
                "\"\\udc00 \\ud83d\\ude00 \\ud83d\"",
                "\"é\\u2028 😀\"",
                "true",
                "[]",
                "\"" + "x".repeat(70_000) + "\\u00e9\"",
                "[".repeat(990) + "]".repeat(990),
                "[".repeat(3000) + "]".repeat(3000));
    }

    private static StoredTurn roundTrip(StoredTurn turn) {
        return TurnJson.read(turn.id(), TurnJson.write(turn));
    }

    @ParameterizedTest
    @MethodSource("values")
    void keepsJsonByteForByte(String value) {
        RawJson raw = new RawJson(value);
        RawJson calls = new RawJson("[ {\"id\":\"c\", \"extra_content\" : " + value + ",\"extra_content\":1.50}]");
        Map<String, RawJson> fields = new LinkedHashMap<>();
        fields.put("x", raw);
        fields.put("tool_calls", calls);
        fields.put("odd \"key\" \u2028", raw);
        Message message = MessageJson.message(
                Role.ASSISTANT, new Content.Parts(new RawJson("[{\"type\":\"y\", \"z\":" + value + "} ]")), fields);
        StoredTurn turn = new StoredTurn(
                "chatcmpl-1",
                5,
                "m",
                List.of(message, Message.user("?")),
                Answers.of(
                        null,
                        null,
                        null,
                        calls,
                        List.of(new StoredTurn.Step("T", "c")),
                        FinishReason.TOOL_CALLS,
                        new TurnUsage(new Usage(4, 2, 3, 1), new Usage(9, 3, 2, 5, 4), 2, 3)));

        StoredTurn read = roundTrip(turn);

        assertThat(read).isEqualTo(turn);
        assertThat(read.messages().get(0).fields().keySet()).containsExactlyElementsOf(fields.keySet());
    }

    @Test
    void keepsTheAttachmentsOfResults() {
        Message.ToolResult result = MessageJson.toolResult("c", new Content.Text("a"));
        StoredTurn turn = new StoredTurn(
                "turn_1",
                5,
                "m",
                List.of(
                        Message.user("?"),
                        result,
                        result.withAttachments(List.of(new RawJson("{ \"a\":1.0}"), new RawJson("2")))),
                null);
        assertThat(roundTrip(turn)).isEqualTo(turn);
        assertThat(TurnJson.write(turn)).contains("\"attachments\":{\"2\":[{ \"a\":1.0},2]}");
    }

    private static StoredTurn turn(String text) {
        return new StoredTurn("chatcmpl-1", 5, "m", List.of(Message.user(text)), null);
    }

    @Test
    void escapesEveryUnpairedSurrogate() {
        String escape = "\\uD800";
        String text = "a\ud800b\ud83d\ude00\ud800".repeat(50_000);
        assertThat(TurnJson.write(turn(text))).contains(("a" + escape + "b\ud83d\ude00" + escape).repeat(50_000));
        assertThat(roundTrip(turn(text))).isEqualTo(turn(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "\ud800",
                "a\udc00b",
                "\ud83d\ude00",
                "\ud83d\ud83d\ude00\ude00",
                "\"\\\n\u0000\u2028\u0085",
                "1e999"
            })
    void keepsEveryCharacterAndWritesValidUtf8(String text) {
        StoredTurn turn = new StoredTurn(
                "chatcmpl-1",
                5,
                text,
                List.of(Message.user(text)),
                Answers.of(
                        text,
                        text,
                        text,
                        null,
                        List.of(new StoredTurn.Step(text, text)),
                        FinishReason.STOP,
                        TurnUsage.NONE));

        assertThat(roundTrip(turn)).isEqualTo(turn);
        assertThat(TurnJson.write(turn).codePoints())
                .noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    @Test
    void storesClientReasoningWhereEarlierVersionsIgnoreIt() {
        Map<String, RawJson> sent = new LinkedHashMap<>();
        sent.put("reasoning_content", new RawJson("\"I \\u0041.\""));
        sent.put("thinking_blocks", new RawJson("[ {\"signature\":\"s\"} ]"));
        Map<String, RawJson> calls = Map.of("tool_calls", new RawJson("[{\"id\":\"c\"}]"));
        StoredTurn turn = new StoredTurn(
                "chatcmpl-1",
                5,
                "m",
                List.of(
                        Message.user("?"),
                        MessageJson.message(Role.ASSISTANT, null, calls, sent),
                        MessageJson.message(Role.ASSISTANT, null, calls)),
                null);
        assertThat(roundTrip(turn)).isEqualTo(turn);
        // Earlier versions send each key of a message to the provider.
        assertThat(TurnJson.tree(TurnJson.write(turn)).path("messages").toString())
                .doesNotContain("reasoning", "thinking");
        assertThat(TurnJson.write(turn("a"))).doesNotContain("reasoning");
    }

    private static TurnSummary summary(boolean full) {
        return new TurnSummary(
                "turn_1",
                "thinker",
                "auto",
                full ? "vote" : null,
                full ? Effort.XHIGH : null,
                full ? Mode.PRO : Mode.STANDARD,
                full ? 2 : 0,
                full ? new TurnSummary.Samples(6, 3, 2, 1) : null,
                full ? new TurnSummary.Agreement("\"\ud83d\ude00\u2028", 2, 3, 0.1 + 0.2) : null,
                full ? EndedBy.BUDGET_COST : null,
                full ? new BigDecimal("0.01200") : null,
                full ? "EUR" : null,
                full
                        ? List.of(
                                new TurnSummary.ModelUsage(
                                        "main", "m", 4, new Usage(9, 3, 2, 5, 4), new BigDecimal("1.0E-7")),
                                new TurnSummary.ModelUsage("other", "n", 1, Usage.NONE, null))
                        : List.of(),
                Duration.ofNanos(full ? 1_234_567_890_123L : 0));
    }

    private static StoredTurn.Answer answer(boolean full) {
        return new StoredTurn.Answer(
                List.of(
                        new TurnEvent.StepStarted(1),
                        new TurnEvent.StepEnded(1, StepOutcome.COMPLETED, null, new StepTokens(7, 0)),
                        new TurnEvent.StepStarted(2, StepKind.SAMPLE, "Sample 2"),
                        new TurnEvent.StepText(2, "a"),
                        new TurnEvent.StepEnded(2, StepOutcome.CANCELLED, "Decided.", new StepTokens(20, 100)),
                        new TurnEvent.StepStarted(3, StepKind.VOTE, "Vote"),
                        new TurnEvent.StepEnded(3, StepOutcome.FAILED, null),
                        new TurnEvent.StepStarted(4, StepKind.JUDGE, ""),
                        new TurnEvent.Completed(FinishReason.STOP, TurnUsage.NONE, summary(full))),
                null);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void keepsWhatAStrategyReports(boolean full) {
        StoredTurn turn = new StoredTurn("turn_1", 5, "m", List.of(Message.user("?")), answer(full));
        assertThat(roundTrip(turn)).isEqualTo(turn);
    }

    /** Values that later versions may add are read as the nearest known ones. */
    @Test
    void readsUnknownValuesOfALaterVersion() {
        StoredTurn turn = new StoredTurn("turn_1", 5, "m", List.of(Message.user("?")), answer(true));
        String later = TurnJson.write(turn)
                .replace("\"kind\":\"sample\"", "\"kind\":\"critic\"")
                .replace("\"effort\":\"xhigh\"", "\"effort\":\"ultra\"")
                .replace("\"mode\":\"pro\"", "\"mode\":\"team\"")
                .replace("\"ended_by\":\"budget.cost\"", "\"ended_by\":\"weather\",\"mood\":{\"a\":1}");

        List<TurnEvent> events =
                Objects.requireNonNull(TurnJson.read("turn_1", later).answer()).events();

        assertThat(events).contains(new TurnEvent.StepStarted(2, StepKind.STEP, "Sample 2"));
        TurnSummary summary = Objects.requireNonNull(((TurnEvent.Completed) events.get(events.size() - 1)).summary());
        assertThat(summary.effort()).isNull();
        assertThat(summary.mode()).isEqualTo(Mode.STANDARD);
        assertThat(summary.endedBy()).isNull();
        assertThat(summary.route()).isEqualTo("vote");
    }

    /** Other versions may write shorter or longer lists of numbers. A number that is missing is 0. */
    @ParameterizedTest
    @CsvSource({"tokens, 20, 2", "usage, 9, 5", "total, 90, 7", "samples, 6, 4"})
    void readsNumberListsOfAnyLength(String list, int first, int length) {
        TurnUsage usage = new TurnUsage(new Usage(9, 3, 2, 5, 4), new Usage(90, 30, 20, 50, 40), 2, 3);
        List<TurnEvent> events = List.of(
                new TurnEvent.StepStarted(1),
                new TurnEvent.StepEnded(1, StepOutcome.CANCELLED, null, new StepTokens(20, 100)),
                new TurnEvent.Completed(FinishReason.STOP, usage, summary(true)));
        String written = TurnJson.write(
                new StoredTurn("turn_1", 5, "m", List.of(Message.user("?")), new StoredTurn.Answer(events, null)));
        Pattern numbers = Pattern.compile("\"" + list + "\":\\[(" + first + "[\\d,]*)]");
        Matcher found = numbers.matcher(written);
        assertThat(found.find()).isTrue();
        List<String> all = List.of(found.group(1).split(","));
        assertThat(all).hasSize(length);
        List<String> longer = Stream.concat(all.stream(), Stream.of("1", "1")).toList();
        for (int size = 0; size <= longer.size(); size++) {
            String changed = numbers.matcher(written)
                    .replaceAll("\"" + list + "\":[" + String.join(",", longer.subList(0, size)) + "]");

            StoredTurn.Answer read = TurnJson.read("turn_1", changed).answer();

            assertThat(Objects.requireNonNull(read).events()).hasSameSizeAs(events);
            if (size >= length) {
                assertThat(read.events()).isEqualTo(events);
            }
        }
    }

    @Test
    void aLabelIsTheTitleOfAStep() {
        StoredTurn.Answer answer = new StoredTurn.Answer(
                List.of(
                        new TurnEvent.StepStarted(1),
                        new TurnEvent.StepTitled(1, "Plan"),
                        new TurnEvent.StepText(1, "a"),
                        new TurnEvent.StepStarted(2, StepKind.SAMPLE, "Sample 2"),
                        new TurnEvent.StepText(2, "b"),
                        new TurnEvent.StepStarted(3, StepKind.SAMPLE, "Sample 3"),
                        new TurnEvent.StepTitled(3, "Within"),
                        new TurnEvent.StepText(3, "c"),
                        new TurnEvent.Completed(FinishReason.STOP, TurnUsage.NONE)),
                null);
        assertThat(answer.reasoning().stream().map(StoredTurn.Step::summary))
                .containsExactly("**Plan**\n\na", "**Sample 2**\n\nb", "**Sample 3**\n\n### Within\nc");
    }

    /** Rows of versions without totals. */
    @Test
    void readsTheUsageOfEarlierVersions() {
        StoredTurn turn = Format1.read(
                "chatcmpl-1",
                "{\"created\":5,\"model\":\"m\",\"messages\":[],\"answer\":{\"content\":\"a\",\"reasoning\":[],"
                        + "\"finish_reason\":\"stop\",\"usage\":[40,3,20,15]}}");
        Usage usage = new Usage(40, 3, 20, 15);
        assertThat(Objects.requireNonNull(turn.answer()).usage()).isEqualTo(new TurnUsage(usage, usage, 0, 0));
    }
}
