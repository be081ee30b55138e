package org.o1api.reasoning;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.o1api.model.Delta;
import org.o1api.model.TurnEvent;

class TurnLogTest {
    private final Transcript client = new Transcript();
    private final TurnLog log = client.log();

    @Test
    void recordsThePiecesOfATextAsOneEvent() {
        log.stepStarted(1);
        log.stepText(1, "a");
        log.stepText(1, "b");
        log.stepEnded(1);
        log.answerText("c");
        log.answerText("d");
        log.refusalText("e");
        log.answerText("f");

        assertThat(log.events())
                .containsExactly(
                        new TurnEvent.StepStarted(1),
                        new TurnEvent.StepText(1, "ab"),
                        new TurnEvent.StepEnded(1),
                        new TurnEvent.AnswerText("cd"),
                        new TurnEvent.RefusalText("e"),
                        new TurnEvent.AnswerText("f"));
        assertThat(client.events()).contains("text 1: a", "text 1: b", "answer: c", "answer: d");
    }

    @Test
    void keepsTheOrderOfTextsAndOtherEvents() {
        Delta.ToolCall call = new Delta.ToolCall(0, "c1", "f", "{}");
        log.answerText("a");
        log.toolCall(call);
        log.answerText("b");

        assertThat(log.events())
                .containsExactly(
                        new TurnEvent.AnswerText("a"), new TurnEvent.ToolCall(call), new TurnEvent.AnswerText("b"));
    }

    @Test
    void recordsOnlyTheLastAttemptOfARetriedStep() {
        log.stepStarted(1);
        log.stepText(1, "first");
        log.stepEnded(1);
        log.stepStarted(2);
        log.stepTitled(2, "T");
        log.stepText(2, "broken");
        log.stepEnded(2);
        log.stepStarted(2);
        log.stepText(2, "second");
        log.stepEnded(2);

        assertThat(log.events())
                .containsExactly(
                        new TurnEvent.StepStarted(1),
                        new TurnEvent.StepText(1, "first"),
                        new TurnEvent.StepEnded(1),
                        new TurnEvent.StepStarted(2),
                        new TurnEvent.StepText(2, "second"),
                        new TurnEvent.StepEnded(2));
        assertThat(client.events()).contains("text 2: broken", "text 2: second");
    }

    @Test
    void canBeReadWhileATextIsOpen() {
        log.answerText("a");
        assertThat(log.events()).containsExactly(new TurnEvent.AnswerText("a"));
        log.answerText("b");
        assertThat(log.events()).containsExactly(new TurnEvent.AnswerText("a"), new TurnEvent.AnswerText("b"));
    }
}
