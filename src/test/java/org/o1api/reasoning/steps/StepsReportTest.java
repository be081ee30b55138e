package org.o1api.reasoning.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.o1api.reasoning.steps.StepsFixture.concluding;
import static org.o1api.reasoning.steps.StepsFixture.continuing;
import static org.o1api.reasoning.steps.StepsFixture.prompt;
import static org.o1api.reasoning.steps.StepsFixture.reply;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.o1api.model.Budget;
import org.o1api.model.Delta;
import org.o1api.model.EndedBy;
import org.o1api.model.Message;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnEvent.StepOutcome;
import org.o1api.model.TurnEvent.StepTokens;
import org.o1api.model.Usage;
import org.o1api.reasoning.Prompt.MaxTokens;
import org.o1api.reasoning.ScriptedUpstream;
import org.o1api.reasoning.ScriptedUpstream.Reply;
import org.o1api.reasoning.Transcript;
import org.o1api.upstream.TestProviderErrors;

/** What the strategy reports about a turn: why its reasoning ended, what each step used, and notes. */
class StepsReportTest {
    private static final Steps STEPS = new Steps(1, 3);
    private static final Reply ANSWER = reply("Because.");

    private final StepsFixture turn = new StepsFixture();
    private final List<TurnEvent> trace = new ArrayList<>();

    StepsReportTest() {
        turn.out = new Transcript() {
            @Override
            public void trace(TurnEvent event) {
                trace.add(event);
            }
        };
    }

    private static Reply using(String text, long outputTokens) {
        return reply(text).withUsage(new Usage(10, 0, outputTokens, 0));
    }

    private static Budget budget(int calls, long tokens) {
        return new Budget(calls, tokens, Duration.ofMinutes(5), 0);
    }

    static List<Arguments> ends() {
        Reply tooLong = Reply.of().withFailure(TestProviderErrors.contextExceeded());
        Reply half = reply("{\"content\": \"Half a");
        Budget budget = Budget.DEFAULT;
        return List.of(
                Arguments.of(EndedBy.ANSWERED, STEPS, budget, List.of(reply(concluding("a")), ANSWER)),
                Arguments.of(EndedBy.ANSWERED, new Steps(0, 0), budget, List.of(ANSWER)),
                Arguments.of(EndedBy.ANSWERED, new Steps(1, 1), budget, List.of(reply(concluding("a")), ANSWER)),
                // text without the step format, twice: the model has nothing more to say in steps
                Arguments.of(EndedBy.ANSWERED, STEPS, budget, List.of(reply("It is 4."), reply("Four."), ANSWER)),
                Arguments.of(
                        EndedBy.LIMIT,
                        STEPS,
                        budget,
                        List.of(reply(continuing("a")), reply(continuing("b")), reply(continuing("c")), ANSWER)),
                Arguments.of(
                        EndedBy.LOOP, STEPS, budget, List.of(reply(continuing("a")), reply(continuing("a")), ANSWER)),
                Arguments.of(EndedBy.CONTEXT, STEPS, budget, List.of(reply(continuing("a")), tooLong, ANSWER)),
                Arguments.of(EndedBy.BUDGET_CALLS, STEPS, budget(2, 1000), List.of(reply(continuing("a")), ANSWER)),
                Arguments.of(EndedBy.BUDGET_TOKENS, STEPS, budget(9, 50), List.of(using(continuing("a"), 50), ANSWER)),
                Arguments.of(EndedBy.BUDGET_TOKENS, STEPS, budget(9, 50), List.of(using("It is", 50), ANSWER)),
                Arguments.of(
                        null, STEPS, budget(9, 1000), List.of(reply(continuing("a")), half.brokenOff(true), ANSWER)));
    }

    @ParameterizedTest
    @MethodSource("ends")
    void saysWhyTheReasoningEnded(@Nullable EndedBy expected, Steps steps, Budget budget, List<Reply> replies) {
        turn.budget = budget;
        turn.run(ScriptedUpstream.answering(replies.toArray(Reply[]::new)), prompt(steps, Map.of()));

        assertThat(turn.out.answer()).isEqualTo("Because.");
        assertThat(turn.report().endedBy()).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource
    void saysThatTheTimeIsUsedUp(Steps steps, String text) {
        boolean[] answers = {false};
        turn.run(
                ScriptedUpstream.answeringWith(request -> {
                    if (answers[0]) {
                        return ANSWER;
                    }
                    answers[0] = true;
                    turn.expireReasoning();
                    return reply(text);
                }),
                prompt(steps, Map.of()));

        assertThat(turn.report().endedBy()).isEqualTo(EndedBy.BUDGET_TIME);
    }

    static List<Arguments> saysThatTheTimeIsUsedUp() {
        return List.of(
                Arguments.of(STEPS, continuing("a")),
                Arguments.of(STEPS, "It is"),
                Arguments.of(new Steps(1, 1), "It is"));
    }

    @Test
    void saysThatTheCallersLimitIsUsed() {
        MaxTokens limit = new MaxTokens("max_tokens", 40);
        StepsPrompt prompt =
                new StepsPrompt(List.of(Message.user("Why?")), Map.of(), null, Map.of(), limit, new Steps(1, 25));
        turn.run(ScriptedUpstream.answering(using(continuing("a"), 20), ANSWER), prompt);

        assertThat(turn.report().endedBy()).isEqualTo(EndedBy.MAX_TOKENS);
    }

    @Test
    void reportsWhatEachAttemptOfAStepUsed() {
        turn.run(
                ScriptedUpstream.answering(
                        using(continuing("a"), 11),
                        using("{\"content\": \"Half a", 7).brokenOff(true),
                        using(concluding("b"), 12),
                        ANSWER),
                prompt(STEPS, Map.of()));

        assertThat(trace.stream().filter(event -> event instanceof TurnEvent.StepEnded))
                .containsExactly(
                        new TurnEvent.StepEnded(1, StepOutcome.COMPLETED, null, new StepTokens(11, 0)),
                        new TurnEvent.StepEnded(2, StepOutcome.FAILED, null, new StepTokens(7, 0)),
                        new TurnEvent.StepEnded(2, StepOutcome.COMPLETED, null, new StepTokens(12, 0)));
        assertThat(turn.report().steps()).isEqualTo(2);
    }

    @Test
    void theReasoningBeforeTheAnswerIsAStepWithoutItsTokens() {
        turn.run(
                ScriptedUpstream.answering(Reply.of(new Delta.Reasoning("Hm."), new Delta.Text("Because."))
                        .withUsage(new Usage(10, 0, 9, 3))),
                prompt(new Steps(0, 0), Map.of()));

        assertThat(trace).contains(new TurnEvent.StepEnded(1, StepOutcome.COMPLETED, null, null));
    }

    static List<Arguments> notes() {
        Reply broken = reply("{\"content\": \"Half a").brokenOff(true);
        Reply tooLong = Reply.of().withFailure(TestProviderErrors.contextExceeded());
        return List.of(
                Arguments.of(List.of(broken, reply(concluding("b")), ANSWER), "It broke. Retrying this step."),
                Arguments.of(List.of(reply(continuing("a")), reply(continuing("a")), ANSWER), "LOOP"),
                Arguments.of(List.of(reply(continuing("a")), tooLong, ANSWER), "FULL"),
                Arguments.of(
                        List.of(
                                reply(concluding("a")),
                                Reply.of(new Delta.Reasoning("Hm")).brokenOff(true),
                                ANSWER),
                        "It broke. Retrying this step."));
    }

    @ParameterizedTest
    @MethodSource("notes")
    void reportsNotes(List<Reply> replies, String note) {
        turn.run(ScriptedUpstream.answering(replies.toArray(Reply[]::new)), prompt(STEPS, Map.of()));

        assertThat(trace.stream().filter(event -> event instanceof TurnEvent.Note))
                .containsExactly(new TurnEvent.Note(note));
        assertThat(trace.stream()
                        .filter(event -> event instanceof TurnEvent.StepText)
                        .map(event -> ((TurnEvent.StepText) event).text()))
                .anyMatch(text -> text.endsWith("*" + note + "*"));
    }

    @Test
    void aTurnWithoutTroubleHasNoNotes() {
        turn.run(ScriptedUpstream.answering(reply(concluding("a")), ANSWER), prompt(STEPS, Map.of()));

        assertThat(trace).noneMatch(event -> event instanceof TurnEvent.Note);
    }
}
