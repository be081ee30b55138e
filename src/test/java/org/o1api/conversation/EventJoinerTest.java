package org.o1api.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.RawJson;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnEvent.AnswerText;
import org.o1api.model.TurnEvent.Image;
import org.o1api.model.TurnEvent.RefusalText;
import org.o1api.model.TurnEvent.StepEnded;
import org.o1api.model.TurnEvent.StepOutcome;
import org.o1api.model.TurnEvent.StepStarted;
import org.o1api.model.TurnEvent.StepText;
import org.o1api.model.TurnEvent.StepTitled;
import org.o1api.model.TurnUsage;
import org.o1api.model.Usage;

/** The events of an answer: how they are joined, stored and read. */
class EventJoinerTest {
    private static final TurnEvent.Completed COMPLETED = new TurnEvent.Completed(
            FinishReason.LENGTH, new TurnUsage(new Usage(4, 2, 1, 3, 1), new Usage(9, 3, 2, 5, 4), 2, 3));
    private static final RawJson JSON = new RawJson("{ \"b\" : [ 1.50 , 1e999 ] ,\n\"a\":\"\\u0041 \\ud800\"}");
    private static final Image IMAGE = new Image(JSON);

    private static TurnEvent call(int index, String id, String arguments) {
        return new TurnEvent.ToolCall(
                id.isEmpty()
                        ? new Delta.ToolCall(index, null, null, arguments)
                        : new Delta.ToolCall(index, id, "f", arguments));
    }

    static Stream<Arguments> events() {
        return Stream.of(
                Arguments.of(
                        "the text of a step",
                        List.of(new StepStarted(1), new StepText(1, "a"), new StepText(1, ""), new StepText(1, "b")),
                        List.of(new StepStarted(1), new StepText(1, "ab"))),
                Arguments.of(
                        "the texts of steps that run at the same time",
                        List.of(
                                new StepStarted(1),
                                new StepStarted(2),
                                new StepText(2, "x"),
                                new StepText(1, "a"),
                                new StepText(2, "y"),
                                new StepEnded(2, StepOutcome.CANCELLED, "not needed"),
                                new StepText(1, "b"),
                                new StepEnded(1)),
                        List.of(
                                new StepStarted(1),
                                new StepStarted(2),
                                new StepText(2, "xy"),
                                new StepText(1, "ab"),
                                new StepEnded(2, StepOutcome.CANCELLED, "not needed"),
                                new StepEnded(1))),
                Arguments.of(
                        "a title after the text",
                        List.of(new StepStarted(1), new StepText(1, "a"), new StepTitled(1, "T"), new StepText(1, "b")),
                        List.of(new StepStarted(1), new StepTitled(1, "T"), new StepText(1, "ab"))),
                Arguments.of(
                        "texts around an image",
                        List.of(
                                new AnswerText("a"),
                                new AnswerText("b"),
                                IMAGE,
                                new AnswerText("c"),
                                new AnswerText("d")),
                        List.of(new AnswerText("ab"), IMAGE, new AnswerText("cd"))),
                Arguments.of(
                        "a refusal after an answer",
                        List.of(new AnswerText("a"), new RefusalText("b"), new RefusalText("c")),
                        List.of(new AnswerText("a"), new RefusalText("bc"))),
                Arguments.of(
                        "tool calls in pieces",
                        List.of(call(1, "one", "{"), call(0, "zero", "["), call(1, "", "}"), call(0, "", "]")),
                        List.of(call(1, "one", "{}"), call(0, "zero", "[]"))),
                Arguments.of("half of a pair", List.of(new AnswerText("\ud83d")), List.of(new AnswerText("\ud83d"))),
                Arguments.of(
                        "extra fields of a tool call",
                        List.of(new TurnEvent.ToolCall(new Delta.ToolCall(
                                0, "c", "f", "{}", Map.of("function", JSON, "extra_content", JSON)))),
                        List.of(new TurnEvent.ToolCall(new Delta.ToolCall(
                                0, "c", "f", "{}", Map.of("function", JSON, "extra_content", JSON))))),
                Arguments.of(
                        "a failed step",
                        List.of(new StepStarted(1), new StepEnded(1, StepOutcome.FAILED, null)),
                        List.of(new StepStarted(1), new StepEnded(1, StepOutcome.FAILED, null))));
    }

    private static List<TurnEvent> completed(List<TurnEvent> events) {
        List<TurnEvent> completed = new ArrayList<>(events);
        completed.add(COMPLETED);
        return completed;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("events")
    void joinsStoresAndReads(String name, List<TurnEvent> events, List<TurnEvent> joined) {
        StoredTurn.Answer answer = new StoredTurn.Answer(completed(events), null);
        assertThat(answer.events()).isEqualTo(completed(joined));

        StoredTurn turn = new StoredTurn("turn_1", 5, "m", List.of(), answer);
        String record = TurnJson.write(turn);
        assertThat(TurnJson.read("turn_1", record)).isEqualTo(turn);
        assertThat(TurnJson.write(TurnJson.read("turn_1", record))).isEqualTo(record);
        assertThat(record.codePoints()).noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    @Test
    void derivesTheAnswer() {
        StoredTurn.Answer answer = new StoredTurn.Answer(
                completed(List.of(
                        new StepStarted(1),
                        new StepText(1, "one"),
                        new StepTitled(1, "T"),
                        new StepEnded(1),
                        new StepStarted(2),
                        new StepText(2, "two"),
                        new StepEnded(2),
                        new AnswerText("a"),
                        IMAGE,
                        new AnswerText("b"),
                        IMAGE,
                        call(0, "c", "{}"))),
                "sent");
        assertThat(answer.reasoning()).containsExactly(new StoredTurn.Step("T", "one"), new StoredTurn.Step("", "two"));
        assertThat(answer.content()).isEqualTo("ab");
        assertThat(answer.refusal()).isNull();
        assertThat(answer.images()).isEqualTo(new RawJson("[" + JSON + "," + JSON + "]"));
        assertThat(Objects.requireNonNull(answer.toolCalls()).text())
                .isEqualTo("[{\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]");
        assertThat(answer.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(answer.usage()).isEqualTo(COMPLETED.usage());
        assertThat(answer.sentContent()).isEqualTo("sent");
    }

    @Test
    void hasNoContentBesideARefusalOrToolCallsOnly() {
        assertThat(new StoredTurn.Answer(completed(List.of()), null).content()).isEmpty();
        assertThat(new StoredTurn.Answer(completed(List.of(IMAGE)), null).content())
                .isEmpty();
        assertThat(new StoredTurn.Answer(completed(List.of(call(0, "c", "{}"))), null).content())
                .isNull();
        assertThat(new StoredTurn.Answer(completed(List.of(new RefusalText("no"))), null).content())
                .isNull();
    }

    @Test
    void rejectsAnIncompleteTurn() {
        assertThatThrownBy(() -> new StoredTurn.Answer(List.of(new AnswerText("a")), null))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void ignoresEventsOfLaterVersions() {
        StoredTurn turn = TurnJson.read(
                "turn_1",
                "{\"created\":5,\"model\":\"m\",\"messages\":[],\"events\":[{\"type\":\"new\",\"step\":1},"
                        + "{\"type\":\"step_ended\",\"step\":1,\"outcome\":\"new\"},"
                        + "{\"type\":\"answer_text\",\"text\":\"a\",\"new\":true},"
                        + "{\"type\":\"completed\",\"finish_reason\":\"stop\",\"usage\":[4,3,5,2,1],"
                        + "\"total\":[9,3,5,4,2,2,3]}]}");
        assertThat(Objects.requireNonNull(turn.answer()).events())
                .containsExactly(
                        new TurnEvent.StepEnded(1),
                        new AnswerText("a"),
                        new TurnEvent.Completed(
                                FinishReason.STOP,
                                new TurnUsage(new Usage(4, 3, 1, 5, 2), new Usage(9, 3, 2, 5, 4), 2, 3)));
    }
}
