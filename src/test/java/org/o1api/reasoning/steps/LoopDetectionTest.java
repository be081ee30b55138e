package org.o1api.reasoning.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.o1api.reasoning.steps.StepsFixture.concluding;
import static org.o1api.reasoning.steps.StepsFixture.continuing;
import static org.o1api.reasoning.steps.StepsFixture.messages;
import static org.o1api.reasoning.steps.StepsFixture.prompt;
import static org.o1api.reasoning.steps.StepsFixture.reply;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.o1api.model.Delta;
import org.o1api.reasoning.ScriptedUpstream;
import org.o1api.reasoning.ScriptedUpstream.Reply;

/** Models that repeat themselves: the reasoning ends, and an answer follows. */
class LoopDetectionTest {
    private static final String PASSAGE = "So we add 2 and 7 again. ";
    private static final int PIECES = 1000;

    private final StepsFixture turn = new StepsFixture();

    /** A reply that starts with one delta and then repeats another one forever. */
    private static Reply looping(Delta first, Delta repeated) {
        List<Delta> deltas = new ArrayList<>(List.of(first));
        deltas.addAll(Collections.nCopies(PIECES, repeated));
        return Reply.of(deltas.toArray(Delta[]::new));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            the same             | {"title": "T", "content": "a b", "next_action": "continue"}
            case and white space | {"title":"t","content":"A  B\\n","next_action":"continue"}
            another next action  | {"title": "T", "content": "a b", "next_action": "final_answer"}
            no next action       | {"title": "T", "content": "a b"}
            in a fence           | ```json {"title": "T", "content": "a b", "next_action": "continue"}```
            cut                  | {"title": "T", "content": "a b
            """)
    void endsTheReasoningAtARepeatedStep(String name, String repeated) {
        ScriptedUpstream upstream =
                ScriptedUpstream.answering(continuing("a b"), continuing("c"), repeated, "Because.");
        turn.run(upstream, prompt(new Steps(3, 25), Map.of()));
        assertThat(turn.out.answer()).isEqualTo("Because.");
        assertThat(turn.out.step(3)).endsWith("\n\n*LOOP*");
        assertThat(messages(upstream.requests().get(3)))
                .as("the step is in the history once")
                .containsExactly(
                        "system: STEP",
                        "user: Why?",
                        "assistant: " + continuing("a b"),
                        "user: NEXT",
                        "assistant: " + continuing("c"),
                        "user: ANSWER");
    }

    @Test
    void endsTheReasoningAtRepeatedProse() {
        ScriptedUpstream upstream = ScriptedUpstream.answering("It is 9.", continuing("a"), "it is\n9.", "Because.");
        turn.run(upstream, prompt());
        assertThat(turn.out.step(3)).isEqualTo("it is\n9.\n\n*LOOP*");
    }

    @Test
    void ignoresSeparateReasoningWhenComparingSteps() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                Reply.of(new Delta.Reasoning("Hm."), new Delta.Text(continuing("a"))),
                Reply.of(new Delta.Reasoning("Well."), new Delta.Text(continuing("a"))),
                reply("Because."));
        turn.run(upstream, prompt());
        assertThat(turn.out.step(2)).isEqualTo("Well.\n\na\n\n*LOOP*");
    }

    @Test
    void doesNotCompareStepsWithoutText() {
        Reply reasons = Reply.of(new Delta.Reasoning("Hm."));
        ScriptedUpstream upstream =
                ScriptedUpstream.answering(reply(continuing("a")), reasons, reply(concluding("b")), reply("Because."));
        turn.run(upstream, prompt());
        assertThat(turn.out.step(2)).isEqualTo("Hm.");
        assertThat(turn.out.step(3)).isEqualTo("b");
    }

    static Stream<Arguments> loops() {
        String first = "{\"title\": \"T\", \"content\": \"First:";
        return Stream.of(
                Arguments.of("a passage", new Delta.Text(first), new Delta.Text(PASSAGE), first + PASSAGE),
                Arguments.of("a separator", new Delta.Text(first), new Delta.Text("-----"), first + "-"),
                Arguments.of(
                        "white space after a value",
                        new Delta.Text("{\"title\":\"T\",\"content\":\"First: x\""),
                        new Delta.Text("\n    "),
                        "{\"title\":\"T\",\"content\":\"First: x\"\n    "),
                Arguments.of("prose", new Delta.Text("First:\n"), new Delta.Text(PASSAGE), "First:\n" + PASSAGE),
                Arguments.of("reasoning", new Delta.Text(first), new Delta.Reasoning(PASSAGE), first));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("loops")
    void endsTheCallAndTheReasoningAtRepeatingText(String name, Delta first, Delta repeated, String kept) {
        List<String> journal = turn.out.events();
        ScriptedUpstream upstream = ScriptedUpstream.withJournal(
                journal, reply(continuing("a")), looping(first, repeated), reply("Because."));
        turn.run(upstream, prompt());
        assertThat(turn.out.answer()).isEqualTo("Because.");
        assertThat(turn.out.step(2)).startsWith("First:").endsWith("\n\n*LOOP*");
        assertThat(journal.stream().filter("pull"::equals).count()).isLessThan(PIECES);
        assertThat(messages(upstream.requests().get(2))).endsWith("assistant: " + kept, "user: ANSWER");
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void endsTheReasoningAtEndlessWhiteSpace(boolean first) {
        Delta space = new Delta.Text("\n    ");
        ScriptedUpstream upstream = first
                ? ScriptedUpstream.answering(looping(space, space), reply("Because."))
                : ScriptedUpstream.answering(reply(continuing("a")), looping(space, space), reply("Because."));
        turn.run(upstream, prompt());
        assertThat(turn.out.answer()).isEqualTo("Because.");
        assertThat(turn.out.step(first ? 1 : 2)).endsWith("*LOOP*");
        assertThat(messages(upstream.requests().get(first ? 1 : 2))).hasSize(first ? 1 : 4);
    }

    @Test
    void acceptsDifferentSteps() {
        String[] replies = IntStream.rangeClosed(1, 26)
                .mapToObj(i -> i <= 25 ? continuing("Row " + i + " is checked.") : "Because.")
                .toArray(String[]::new);
        turn.run(ScriptedUpstream.answering(replies), prompt());
        assertThat(turn.out.steps()).isEqualTo(25);
        assertThat(turn.out.events()).noneMatch(event -> event.contains("LOOP"));
    }

    @Test
    void canBeDisabled() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                reply(continuing("a")),
                reply(continuing("a")),
                looping(new Delta.Text("{\"content\": \"b"), new Delta.Text(PASSAGE)),
                reply(concluding("a")),
                reply("Because."));
        turn.run(upstream, prompt(new Steps(1, 25, 0, 4096, false), Map.of()));
        assertThat(turn.out.steps()).isEqualTo(4);
        assertThat(turn.out.step(3)).isEqualTo("b" + PASSAGE.repeat(PIECES));
    }

    @Test
    void doesNotCheckTheAnswer() {
        String table = "| 0 | 0 |\n".repeat(500);
        turn.run(ScriptedUpstream.answering(concluding("a"), table), prompt());
        assertThat(turn.out.answer()).isEqualTo(table);
    }
}
