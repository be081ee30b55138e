package org.o1api.reasoning.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.o1api.reasoning.steps.StepsFixture.continuing;
import static org.o1api.reasoning.steps.StepsFixture.isStep;
import static org.o1api.reasoning.steps.StepsFixture.messages;
import static org.o1api.reasoning.steps.StepsFixture.prompt;
import static org.o1api.reasoning.steps.StepsFixture.reply;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.model.Budget;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;
import org.o1api.reasoning.ScriptedUpstream;
import org.o1api.reasoning.ScriptedUpstream.Reply;
import org.o1api.reasoning.Transcript;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.TestProviderErrors;
import org.o1api.upstream.UpstreamException;

/** The model's context becomes full during the reasoning: the answer is generated from the steps that fit. */
class ContextOverflowTest {
    private static final Reply TOO_LONG = Reply.of().withFailure(TestProviderErrors.contextExceeded());

    private final StepsFixture turn = new StepsFixture();

    static Stream<UpstreamException> overflows() {
        return Stream.of(TestProviderErrors.contextExceeded(), TestProviderErrors.requestTooLarge());
    }

    @ParameterizedTest
    @MethodSource("overflows")
    void answersFromThePreviousSteps(UpstreamException overflow) {
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                reply(continuing("a")), reply(continuing("b")), Reply.of().withFailure(overflow), reply("Because."));
        assertThat(turn.run(upstream, prompt())).isEqualTo(FinishReason.STOP);
        assertThat(turn.out.answer()).isEqualTo("Because.");
        assertThat(turn.out.step(3)).isEqualTo("*FULL*");
        assertThat(messages(upstream.requests().get(3)))
                .containsExactly(
                        "system: STEP",
                        "user: Why?",
                        "assistant: " + continuing("a"),
                        "user: NEXT",
                        "assistant: " + continuing("b"),
                        "user: ANSWER");
    }

    @Test
    void keepsTheTextOfTheStepThatFilledTheContext() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                Reply.of(new Delta.Text("{\"content\": \"Half a")).withFailure(TestProviderErrors.contextExceeded()),
                reply("Because."));
        turn.run(upstream, prompt());
        assertThat(turn.out.step(1)).isEqualTo("Half a\n\n*FULL*");
        assertThat(messages(upstream.requests().get(1))).contains("assistant: {\"content\": \"Half a");
    }

    @Test
    void failsIfThePromptAloneIsTooLong() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(TOO_LONG, reply("Because."));
        assertThat(catchThrowable(() -> turn.run(upstream, prompt())))
                .isInstanceOfSatisfying(
                        UpstreamException.class,
                        e -> assertThat(e.exceedsContext()).isTrue());
        assertThat(upstream.requests()).hasSize(1);
    }

    /**
     * An upstream with a context of this many characters. It replies with steps of a thousand characters each and concludes
     * with the given one.
     */
    private static ScriptedUpstream upstream(int context, int steps) {
        int[] count = {0};
        return ScriptedUpstream.answeringWith(request -> {
            if (characters(request) > context) {
                return TOO_LONG;
            }
            return isStep(request)
                    ? reply(continuing(("Step " + ++count[0] + " of many. ")
                                            .repeat(60)
                                            .substring(0, 940) + " END " + count[0])
                            .replace("continue", count[0] == steps ? "final_answer" : "continue"))
                    : reply("Because.");
        });
    }

    private static int characters(CallRequest request) {
        return messages(request).stream().mapToInt(String::length).sum();
    }

    @ParameterizedTest
    @ValueSource(ints = {3000, 2800, 2000, 1500, 1200, 1100})
    void shortensTheOldestStepsUntilTheClosingCallFits(int context) {
        ScriptedUpstream upstream = upstream(context, 25);
        turn.run(upstream, prompt());
        assertThat(turn.out.answer()).isEqualTo("Because.");
        CallRequest last = upstream.requests().get(upstream.requests().size() - 1);
        List<CallRequest> steps =
                upstream.requests().stream().filter(StepsFixture::isStep).toList();
        assertThat(last.messages())
                .hasSizeLessThanOrEqualTo(steps.get(steps.size() - 1).messages().size());
        assertThat(String.join("", messages(last))).contains(" END " + (steps.size() - 1));
        assertThat(turn.out.events().stream().filter(event -> event.contains("FULL")))
                .hasSize(1);
        assertRolesAlternate(last);
    }

    private static void assertRolesAlternate(CallRequest request) {
        List<Role> roles = request.messages().stream().map(Message::role).toList();
        for (int i = 1; i < roles.size(); i++) {
            assertThat(roles.get(i)).isNotEqualTo(roles.get(i - 1));
        }
        assertThat(roles.get(roles.size() - 1)).isEqualTo(Role.USER);
    }

    @Test
    void shortensIfOnlyTheClosingCallIsTooLong() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                reply(continuing("a".repeat(1200))),
                reply(StepsFixture.concluding("b".repeat(1000))),
                TOO_LONG,
                TOO_LONG,
                reply("Because."));
        turn.run(upstream, prompt());
        assertThat(turn.out.step(3)).isEqualTo("*FULL*");
        assertThat(turn.out.answer()).isEqualTo("Because.");
        List<String> half = messages(upstream.requests().get(4));
        assertThat(half).hasSize(4);
        assertThat(half.get(2)).endsWith("b\", \"next_action\": \"final_answer\"}");
    }

    @Test
    void makesTheLastAttemptWithoutSteps() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                reply(StepsFixture.concluding("a".repeat(1000))),
                TOO_LONG,
                TOO_LONG,
                TOO_LONG,
                TOO_LONG,
                reply("{\"title\": \"T\", \"content\": \"c\", \"next_action\": \"continue\"}"));
        turn.run(upstream, prompt());
        assertThat(messages(upstream.requests().get(5))).containsExactly("user: Why?");
        assertThat(turn.out.answer()).isEqualTo("c");
    }

    @Test
    void failsIfThePromptWithoutStepsIsTooLong() {
        ScriptedUpstream upstream = ScriptedUpstream.answeringWith(
                request -> isStep(request) ? reply(StepsFixture.concluding("a")) : TOO_LONG);
        assertThat(catchThrowable(() -> turn.run(upstream, prompt())))
                .isInstanceOfSatisfying(
                        UpstreamException.class,
                        e -> assertThat(e.exceedsContext()).isTrue());
        assertThat(upstream.requests()).hasSize(6);
    }

    /**
     * The last call of the budget is made without steps, so that it fits. If the last call still had steps and did not fit, one
     * call above the budget is made.
     */
    @ParameterizedTest
    @CsvSource({"2, 1, 3", "3, 1, 3", "4, 2, 4", "5, 3, 5", "6, 4, 6", "30, 4, 6"})
    void makesTheLastCallOfTheBudgetWithoutSteps(int budget, int failing, int calls) {
        turn.budget = new Budget(budget, 1000, Duration.ofMinutes(1), 0);
        ScriptedUpstream upstream = ScriptedUpstream.answeringWith(request -> isStep(request)
                ? reply(StepsFixture.concluding("a"))
                : messages(request).size() > 1 ? TOO_LONG : reply("Because."));
        turn.run(upstream, prompt());
        assertThat(turn.out.answer()).isEqualTo("Because.");
        assertThat(turn.calls()).isEqualTo(calls);
        assertThat(upstream.requests()).hasSize(1 + failing + 1);
    }

    private static Reply truncated(Delta... deltas) {
        return Reply.of(deltas).withFinishReason(FinishReason.LENGTH);
    }

    /** If the messages almost fill the context, there is no room for the answer. */
    @Test
    void repeatsAShortTruncatedAnswerWithShorterSteps() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                reply(continuing("a".repeat(1000))),
                TOO_LONG,
                truncated(new Delta.Text("Be"), new Delta.Text("cau")),
                truncated(new Delta.Reasoning("Hm, ")),
                Reply.of(new Delta.Text("Because"), new Delta.Text(".")));
        assertThat(turn.run(upstream, prompt())).isEqualTo(FinishReason.STOP);
        assertThat(turn.out.answer()).isEqualTo("Because.");
        assertThat(characters(upstream.requests().get(3)))
                .isLessThan(characters(upstream.requests().get(2)));
    }

    @Test
    void showsALongTruncatedAnswer() {
        String half = "word ".repeat(41);
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                reply(continuing("a")), TOO_LONG, truncated(new Delta.Text(half), new Delta.Text("x")));
        assertThat(turn.run(upstream, prompt())).isEqualTo(FinishReason.LENGTH);
        assertThat(turn.out.events()).contains("answer: " + half, "answer: x");
    }

    private static Transcript buffered() {
        return new Transcript() {
            @Override
            public boolean isBuffered() {
                return true;
            }
        };
    }

    /**
     * Text that is held back counts as an answer too, whether it waits for the end of a reply that is not streamed, the end of
     * a step, or a tool call.
     */
    @ParameterizedTest
    @CsvSource({
        "true, false, false",
        "false, true, false",
        "true, true, false",
        "false, false, true",
        "true, true, true"
    })
    void showsALongTruncatedAnswerThatWasHeldBack(boolean isBuffered, boolean inStep, boolean requiresToolCall) {
        String half = "word ".repeat(41);
        if (isBuffered) {
            turn.out = buffered();
        }
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                reply(continuing("a")),
                TOO_LONG,
                truncated(new Delta.Text((inStep ? "{\"title\":\"T\",\"content\":\"" : "") + half)));
        FinishReason reason = turn.run(
                upstream,
                prompt(
                        new Steps(1, 25),
                        requiresToolCall ? Map.of("tool_choice", new RawJson("\"required\"")) : Map.of()));
        assertThat(reason).isEqualTo(FinishReason.LENGTH);
        assertThat(turn.out.answer()).isEqualTo(half);
    }

    @Test
    void repeatsAShortTruncatedAnswerThatIsNotStreamed() {
        turn.out = buffered();
        turn.run(
                ScriptedUpstream.answering(
                        reply(continuing("a")), TOO_LONG, truncated(new Delta.Text("Be")), reply("Because.")),
                prompt());
        assertThat(turn.out.answer()).isEqualTo("Because.");
    }

    /** After the turn's time is used up, there is no other answer. */
    @Test
    void showsAnAnswerTruncatedByTime() {
        int[] requests = {0};
        turn.out = new Transcript() {
            private int waits;

            @Override
            public void flush() {
                super.flush();
                if (requests[0] == 3 && ++waits == 2) { // after the first piece
                    turn.expireTurn();
                }
            }
        };
        ScriptedUpstream upstream = ScriptedUpstream.answeringWith(request -> switch (++requests[0]) {
            case 1 -> reply(continuing("a"));
            case 2 -> TOO_LONG;
            default -> Reply.of(new Delta.Text("Be"), new Delta.Text("cause."));
        });
        assertThat(turn.run(upstream, prompt())).isEqualTo(FinishReason.LENGTH);
        assertThat(turn.out.answer()).isEqualTo("Be");
        assertThat(upstream.requests()).hasSize(3);
    }

    @Test
    void showsAShortTruncatedAnswerIfTheContextIsNotFull() {
        ScriptedUpstream upstream =
                ScriptedUpstream.answering(reply(StepsFixture.concluding("a")), truncated(new Delta.Text("Be")));
        assertThat(turn.run(upstream, prompt())).isEqualTo(FinishReason.LENGTH);
        assertThat(turn.out.answer()).isEqualTo("Be");
    }

    @Test
    void showsTheLastOfSeveralShortAnswers() {
        Reply truncated = truncated(new Delta.Text("Be"));
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                reply(continuing("a")), TOO_LONG, truncated, truncated, truncated, truncated, truncated);
        assertThat(turn.run(upstream, prompt())).isEqualTo(FinishReason.LENGTH);
        assertThat(turn.out.answer()).isEqualTo("Be");
    }

    @Test
    void doesNotRepeatAStartedAnswer() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                reply(StepsFixture.concluding("a")),
                Reply.of(new Delta.Text("Be")).withFailure(TestProviderErrors.contextExceeded()),
                reply("Because."));
        assertThat(catchThrowable(() -> turn.run(upstream, prompt()))).isInstanceOf(UpstreamException.class);
        assertThat(turn.out.answer()).isEqualTo("Be");
    }

    @Test
    void repeatsTheCallIfReasoningFillsTheContext() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                reply(StepsFixture.concluding("a")),
                Reply.of(new Delta.Reasoning("Hm")).withFailure(TestProviderErrors.contextExceeded()),
                reply("Because."));
        turn.run(upstream, prompt());
        assertThat(turn.out.events()).anyMatch(event -> event.contains("FULL"));
        assertThat(turn.out.answer()).isEqualTo("Because.");
    }

    @ParameterizedTest
    @CsvSource({"1000, 0.75", "1000, 0.5", "1000, 0.25", "200, 0.75", "200, 0.5"})
    void keepsTitleAndEndOfAShortenedStep(int length, double share) {
        StepHistory history = new StepHistory(List.of(Message.user("Why?")), StepsFixture.PROMPTS);
        String emoji = "\ud83d\ude00".repeat(length / 2);
        history.add(continuing(emoji + "END"), false);
        String kept = StepsFixture.text(
                history.messagesForClosingCall(share, false).messages().get(2).content());
        assertThat(kept)
                .startsWith("{\"title\": \"T\", \"content\": \"[...] ")
                .endsWith("END\", \"next_action\": \"continue\"}");
        assertThat(kept.length()).isLessThan(length + 100);
        assertThat(kept.codePoints()).noneMatch(c -> c >= 0xd800 && c <= 0xdfff);
    }
}
