package org.o1api.reasoning.vote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.Gateway;
import org.o1api.config.Config;
import org.o1api.model.Budget;
import org.o1api.model.Cancellation;
import org.o1api.model.CancelledException;
import org.o1api.model.Delta;
import org.o1api.model.EndedBy;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.GatewayException;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnEvent.StepOutcome;
import org.o1api.model.TurnSummary.Samples;
import org.o1api.reasoning.HangingUpstream;
import org.o1api.reasoning.SamplingFixture;
import org.o1api.reasoning.ScriptedUpstream;
import org.o1api.reasoning.ScriptedUpstream.Reply;
import org.o1api.reasoning.Strategy;
import org.o1api.reasoning.sampling.SamplePrompts;
import org.o1api.reasoning.sampling.VoteNotes;
import org.o1api.reasoning.sampling.VoteSettings;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.UpstreamException;

/** A turn with a complete sample ends with an answer, whatever else fails or is used up; and says which limit ended it. */
class VoteEndTest {
    private static final String SEVEN = SamplingFixture.sample(7);
    private static final String LOOP = "and so on, and so forth, ".repeat(200);

    private final SamplingFixture turn = new SamplingFixture(Executors.newCachedThreadPool());
    private final SamplingFixture oneByOne = new SamplingFixture();

    @AfterEach
    void stop() {
        turn.close();
        oneByOne.close();
    }

    private static Strategy strategy(String name) {
        return Config.parse("test", "presets: { p: { strategy: " + name + " } }", key -> null, Gateway.STRATEGIES)
                .presets()
                .named("p")
                .orElseThrow()
                .strategy();
    }

    private static Strategy vote(int first, int max, double confidence) {
        return VoteStrategyTest.vote(
                new VoteSettings(first, 2, max, confidence, SamplePrompts.DEFAULT, VoteNotes.DEFAULT));
    }

    private static Budget calls(int calls) {
        return new Budget(calls, 50_000, Duration.ofMinutes(5), 6);
    }

    private void constrain(SamplingFixture fixture, @Nullable String field, @Nullable String json) {
        if ("tool_choice".equals(field)) {
            fixture.tools("[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]");
        }
        if (field != null && json != null) {
            fixture.closingField(field, json);
        }
    }

    /** The constraint, the answer part of the complete sample, and the turn's answer; without one the turn fails. */
    private static final String CONSTRAINED = """
                            |                               | It is 7.  | It is 7.
            stop            | ["x"]                         | It is 7.  | It is 7.
            logit_bias      | {"1":2}                       | It is 7.  | It is 7.
            prediction      | {"type":"content","content":""} | It is 7. | It is 7.
            response_format | {"type":"json_object"}        | It is 7.  |
            response_format | {"type":"json_object"}        | {"a": 7}  | {"a": 7}
            response_format | {"type":"json_object"}        | {"a": 7   |
            guided_json     | {}                            | [7]       | [7]
            guided_choice   | ["7"]                         | It is 7.  |
            grammar         | "root ::= [0-9]"              | It is 7.  |
            tool_choice     | "required"                    | It is 7.  |
            """;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = CONSTRAINED)
    void theTimeRunsOutWhileTheClientIsSlow(
            @Nullable String field, @Nullable String json, String sample, @Nullable String answer) {
        constrain(oneByOne, field, json);
        HangingUpstream upstream =
                new HangingUpstream(1, (request, context) -> context.number() == 0 ? "=== Answer\n" + sample : null);
        oneByOne.onFlush(calls -> {
            upstream.awaitHanging(); // after the first sample's end has arrived
            calls.expireReasoning();
            calls.expireTurn();
        });

        if (answer == null) {
            assertThatThrownBy(() -> oneByOne.run(strategy("vote"), upstream))
                    .isInstanceOf(CancelledException.class)
                    .hasMessageContaining("budget.time");
        } else {
            assertThat(oneByOne.run(strategy("vote"), upstream)).isEqualTo(FinishReason.STOP);
            assertThat(oneByOne.out().answer()).isEqualTo(answer);
            assertThat(oneByOne.ledger().answerUsage().outputTokens()).isPositive();
        }
        assertThat(oneByOne.report().endedBy()).isEqualTo(EndedBy.BUDGET_TIME);
    }

    @ParameterizedTest
    @ValueSource(strings = {"vote", "auto"})
    void theTimeRunsOutAfterASampleWasShown(String name) {
        HangingUpstream upstream = new HangingUpstream(1, (request, context) -> context.number() == 0 ? SEVEN : null);
        oneByOne.onFlush(calls -> {
            if (!oneByOne.ends().isEmpty()) {
                calls.expireReasoning();
                calls.expireTurn();
            }
        });

        assertThat(oneByOne.run(strategy(name), upstream)).isEqualTo(FinishReason.STOP);

        assertThat(oneByOne.out().answer()).isEqualTo("It is 7.");
        assertThat(oneByOne.report().endedBy()).isEqualTo(EndedBy.BUDGET_TIME);
        assertThat(oneByOne.out().events().toString()).doesNotContain(VoteNotes.DEFAULT.decided());
    }

    @Test
    void theTimeRunsOutWhileOtherCallsDoNotEnd() {
        HangingUpstream upstream = new HangingUpstream(3, (request, context) -> context.number() == 0 ? SEVEN : null);
        upstream.endSlowly();
        turn.onFlush(calls -> {
            if (!turn.ends().isEmpty()) {
                upstream.awaitHanging();
                calls.expireReasoning();
                calls.expireTurn();
            }
        });

        assertThat(turn.run(strategy("vote"), upstream)).isEqualTo(FinishReason.STOP);

        assertThat(turn.out().answer()).isEqualTo("It is 7.");
        upstream.release();
    }

    /** Also if that one ignores the format. */
    @ParameterizedTest
    @ValueSource(strings = {"=== Answer\nIt is seven, I think.", "It is seven, I think."})
    @Timeout(60)
    void noSampleGoesOnWithoutTokensIfOneIsComplete(String reply) {
        HangingUpstream upstream = new HangingUpstream(3, (request, context) -> context.number() == 0 ? reply : null)
                .sendingNothing(); // otherwise another one may have used up the tokens first, and goes on
        turn.budget(new Budget(30, 3, Duration.ofMinutes(5), 6));

        turn.run(strategy("vote"), upstream);

        assertThat(turn.out().answer()).isEqualTo("It is seven, I think.");
        assertThat(turn.report().endedBy()).isEqualTo(EndedBy.BUDGET_TOKENS);
    }

    @Test
    void aTurnWithoutACompleteSampleFailsWhenItsTimeRunsOut() {
        HangingUpstream upstream = new HangingUpstream(1, (request, context) -> null);
        turn.onFlush(calls -> {
            upstream.awaitHanging();
            calls.expireReasoning();
            calls.expireTurn();
        });
        assertThatThrownBy(() -> turn.run(strategy("vote"), upstream)).hasMessageContaining("budget.time");
    }

    @Test
    void aClientThatDisconnectsGetsNoAnswer() {
        HangingUpstream upstream = new HangingUpstream(1, (request, context) -> context.number() == 0 ? SEVEN : null);
        oneByOne.onFlush(calls -> {
            upstream.awaitHanging();
            calls.expireReasoning();
            calls.expireTurn();
            oneByOne.cancellation().cancel(ErrorCode.CLIENT_DISCONNECTED, "Gone.");
        });

        assertThatThrownBy(() -> oneByOne.run(strategy("vote"), upstream)).hasMessage("Gone.");

        assertThat(oneByOne.out().answer()).isEmpty();
    }

    private static Reply failing() {
        return Reply.of().withFailure(new UpstreamException(ErrorCode.UPSTREAM_FAILED, "It failed.", false, null));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = CONSTRAINED)
    void theClosingCallFails(@Nullable String field, @Nullable String json, String sample, @Nullable String answer) {
        for (Reply failure :
                List.of(failing(), Reply.of(new Delta.Reasoning("Hm")).brokenOff(false))) {
            constrain(oneByOne, field, json);
            Reply complete = SamplingFixture.reply("=== Answer\n" + sample + "\nAnswer: 7");
            ScriptedUpstream upstream = ScriptedUpstream.answering(complete, complete, complete, complete, failure);

            if (answer == null) {
                assertThatThrownBy(() -> oneByOne.run(strategy("vote"), upstream))
                        .isInstanceOf(GatewayException.class);
            } else {
                assertThat(oneByOne.run(strategy("vote"), upstream)).isEqualTo(FinishReason.STOP);
                assertThat(oneByOne.out().answer()).isEqualTo(answer);
                assertThat(oneByOne.ledger().answerUsage().outputTokens()).isEqualTo(5);
            }
        }
    }

    @Test
    void anAnswerThatBreaksOffIsNotReplaced() {
        oneByOne.closingField("stop", "[\"x\"]");
        Reply seven = SamplingFixture.reply(SEVEN);
        Reply broken = SamplingFixture.reply("Half").brokenOff(true);

        assertThatThrownBy(() ->
                        oneByOne.run(strategy("vote"), ScriptedUpstream.answering(seven, seven, seven, seven, broken)))
                .hasMessage("It broke.");
        assertThat(oneByOne.out().answer()).isEqualTo("Half");
    }

    /** The strategy, the calls of the budget, and the samples that hang at the same time. */
    @ParameterizedTest
    @CsvSource({"vote, 2, 1", "vote, 3, 2", "vote, 4, 3", "vote, 5, 4", "vote, 9, 4", "auto, 2, 1", "auto, 3, 2"})
    void aCallIsReservedForTheAnswerAsLongAsNoSampleHasOne(String name, int budget, int samples) {
        HangingUpstream upstream =
                new HangingUpstream(samples, (request, context) -> isSample(request) ? null : "Closed");
        turn.budget(calls(budget)).onFlush(calls -> {
            upstream.awaitHanging();
            calls.expireReasoning();
        });

        assertThat(turn.run(strategy(name), upstream)).isEqualTo(FinishReason.STOP);

        assertThat(turn.out().answer()).isEqualTo("Closed");
        assertThat(turn.ledger().calls()).isEqualTo(samples + 1);
        assertThat(turn.report().endedBy()).isEqualTo(EndedBy.BUDGET_TIME);
    }

    /** The samples of the first wave, the maximum, and how many of them are complete when the time for reasoning is used up. */
    @ParameterizedTest
    @CsvSource({"4, 4, 1", "4, 8, 1", "4, 4, 2", "2, 2, 1"})
    void namesTheTimeIfItEndsSamples(int first, int max, int complete) {
        HangingUpstream upstream =
                new HangingUpstream(first - complete, (request, context) -> context.number() < complete ? SEVEN : null);
        turn.onFlush(calls -> {
            if (turn.ends().size() == complete) {
                upstream.awaitHanging();
                calls.expireReasoning();
            }
        });

        turn.run(vote(first, max, 0.95), upstream);

        assertThat(turn.out().answer()).isEqualTo("It is 7.");
        assertThat(turn.report().endedBy()).isEqualTo(EndedBy.BUDGET_TIME);
        assertThat(turn.report().samples()).isEqualTo(new Samples(first, complete, first - complete, 0));
        assertThat(turn.ends().subList(complete, first))
                .allMatch(end -> VoteNotes.DEFAULT.exhausted().equals(end.conclusion()))
                .allMatch(end -> Objects.requireNonNull(end.tokens()).saved() > 0);
    }

    @Test
    void cancelsAllLosersBeforeAnyIsShown() {
        AtomicReference<@Nullable HangingUpstream> started = new AtomicReference<>();
        HangingUpstream upstream = new HangingUpstream(4, (request, context) -> {
            if (context.number() >= 3) {
                return null;
            }
            Objects.requireNonNull(started.get()).awaitHanging(); // so that a piece of each one has arrived before
            return SEVEN;
        });
        started.set(upstream);
        int[] cancelled = {0};
        turn.onTrace(event -> {
            if (event instanceof TurnEvent.StepEnded end && end.outcome() == StepOutcome.CANCELLED) {
                cancelled[0]++;
                assertThat(upstream.hanging()).hasSize(4).allMatch(Cancellation::isCancelled);
                assertThat(Objects.requireNonNull(end.tokens()).received()).isOne();
            }
        });

        turn.run(vote(7, 8, 0.9), upstream);

        assertThat(cancelled[0]).isEqualTo(4);
        assertThat(turn.report().endedBy()).isEqualTo(EndedBy.DECIDED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            text
            reasoning
            text without headings
            answer
            """)
    void aSampleThatRepeatsItselfIsCancelledAndDoesNotVote(String kind) {
        Reply loop = loop(kind);
        Reply seven = SamplingFixture.reply(SEVEN);

        oneByOne.run(strategy("vote"), ScriptedUpstream.answering(loop, seven, seven, seven, seven));

        assertThat(oneByOne.out().answer()).isEqualTo("It is 7.");
        assertThat(oneByOne.report().samples()).isEqualTo(new Samples(5, 4, 0, 1));
        assertThat(oneByOne.out().step(1))
                .endsWith("*" + VoteNotes.DEFAULT.loop() + "*")
                .doesNotContain("late");
        assertThat(Objects.requireNonNull(oneByOne.ends().get(0).tokens()).received())
                .isGreaterThan(100);
    }

    private static Reply loop(String kind) {
        return switch (kind) {
            case "text" -> Reply.of(new Delta.Text("=== Step: A\n"), new Delta.Text(LOOP), new Delta.Text("late 8"));
            case "reasoning" -> Reply.of(new Delta.Reasoning(LOOP), new Delta.Text("late 8"));
            case "answer" ->
                Reply.of(
                        new Delta.Text("=== Step: A\nx\n=== Answer\n"), new Delta.Text(LOOP), new Delta.Text("late 8"));
            default -> Reply.of(new Delta.Text(LOOP), new Delta.Text("late 8"));
        };
    }

    @Test
    void aClosingCallAnswersIfAllSamplesRepeatThemselves() {
        Reply loop = loop("text");
        ScriptedUpstream upstream = ScriptedUpstream.answering(loop, loop, loop, loop, SamplingFixture.reply("Closed"));

        assertThat(oneByOne.run(strategy("vote"), upstream)).isEqualTo(FinishReason.STOP);

        assertThat(oneByOne.out().answer()).isEqualTo("Closed");
        assertThat(oneByOne.report().endedBy()).isEqualTo(EndedBy.LOOP);
        assertThat(upstream.requests().get(4).messages().toString()).hasSizeLessThan(1000);
    }

    /** A filter ends a reply anywhere, so its result may be anything. */
    @Test
    void aFilteredSampleDoesNotVote() {
        Reply eight = SamplingFixture.reply(SamplingFixture.sample(8)).withFinishReason(FinishReason.CONTENT_FILTER);
        Reply seven = SamplingFixture.reply(SEVEN);

        assertThat(oneByOne.run(
                        strategy("vote"), ScriptedUpstream.answering(eight, eight, eight, seven, seven, seven, seven)))
                .isEqualTo(FinishReason.STOP);

        assertThat(oneByOne.out().answer()).isEqualTo("It is 7.");
        assertThat(oneByOne.report().samples()).isEqualTo(new Samples(7, 3, 1, 3));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            === Answer\\nIt is | It is
            === Step: A\\nHm   | ''
            """)
    void theTurnIsFilteredIfAllSamplesAre(String text, String answer) {
        Reply filtered = SamplingFixture.reply(text.replace("\\n", "\n")).withFinishReason(FinishReason.CONTENT_FILTER);

        assertThat(oneByOne.run(strategy("vote"), ScriptedUpstream.answering(filtered, filtered, filtered, filtered)))
                .isEqualTo(FinishReason.CONTENT_FILTER);

        assertThat(oneByOne.out().answer()).isEqualTo(answer);
    }

    /** The strategy, and the calls of its budget. */
    @ParameterizedTest
    @CsvSource({"vote, 5", "vote, 6", "vote, 7", "single, 2", "single, 3", "single, 4", "auto, 3"})
    void closingCallsThatDoNotFitExceedTheBudgetByOneCallAtMost(String name, int budget) {
        UpstreamException tooLong =
                new UpstreamException(ErrorCode.UPSTREAM_REQUEST_TOO_LARGE, "Too large.", false, null);
        ScriptedUpstream upstream = ScriptedUpstream.answeringWith(
                request -> isClosing(request) ? Reply.of().withFailure(tooLong) : SamplingFixture.reply(SEVEN));
        oneByOne.closingField("stop", "[\"x\"]").budget(calls(budget));

        assertThat(oneByOne.run(strategy(name), upstream)).isEqualTo(FinishReason.STOP);

        assertThat(oneByOne.out().answer()).isEqualTo("It is 7.");
        assertThat(upstream.requests()).hasSizeLessThanOrEqualTo(budget + 1);
        assertThat(upstream.requests().stream().filter(request -> isClosing(request)))
                .hasSizeGreaterThanOrEqualTo(2);
    }

    private static boolean isSample(CallRequest request) {
        return request.messages().toString().contains(SamplePrompts.ANSWER_MARK);
    }

    private static boolean isClosing(CallRequest request) {
        return request.fields().containsKey("stop");
    }
}
