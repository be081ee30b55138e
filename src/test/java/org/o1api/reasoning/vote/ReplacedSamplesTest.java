package org.o1api.reasoning.vote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.Gateway;
import org.o1api.config.Config;
import org.o1api.model.Budget;
import org.o1api.model.Delta;
import org.o1api.model.EndedBy;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.TurnSummary.Samples;
import org.o1api.model.Usage;
import org.o1api.reasoning.HangingUpstream;
import org.o1api.reasoning.SamplingFixture;
import org.o1api.reasoning.ScriptedUpstream;
import org.o1api.reasoning.ScriptedUpstream.Reply;
import org.o1api.reasoning.Strategy;
import org.o1api.reasoning.sampling.SamplePrompts;
import org.o1api.reasoning.sampling.VoteNotes;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.UpstreamException;

/** Which samples without an answer are replaced by others, and what the turn answers if all of them have none. */
class ReplacedSamplesTest {
    private final SamplingFixture turn = new SamplingFixture();

    @AfterEach
    void stop() {
        turn.close();
    }

    private static Strategy strategy(String name) {
        return Config.parse("test", "presets: { p: { strategy: " + name + " } }", key -> null, Gateway.STRATEGIES)
                .presets()
                .named("p")
                .orElseThrow()
                .strategy();
    }

    /** A reply, in short: cut off before its answer, broken off, rejected, or the result of a complete one. */
    private static Reply reply(String kind) {
        return switch (kind) {
            case "cut" -> SamplingFixture.reply("=== Step: a\nfoo").withFinishReason(FinishReason.LENGTH);
            case "longer" -> SamplingFixture.reply("=== Step: a\nfoo and bar").withFinishReason(FinishReason.LENGTH);
            case "silent" -> Reply.of(new Delta.Reasoning("Hm")).withFinishReason(FinishReason.LENGTH);
            case "filtered" -> SamplingFixture.reply("=== Step: a\nfoo").withFinishReason(FinishReason.CONTENT_FILTER);
            case "broken" -> SamplingFixture.reply("=== Step: a\nfoo").brokenOff(true);
            case "oops" -> SamplingFixture.reply("=== Step: a\nfoo").brokenOff(false);
            case "loop" ->
                SamplingFixture.reply("=== Step: a\nx\n=== Answer\n" + "foo and bar and foo and bar\n".repeat(150));
            case "empty" -> Reply.of();
            case "rejected" ->
                Reply.of().withFailure(new UpstreamException(ErrorCode.UPSTREAM_REFUSED, "It refused.", false, null));
            default -> SamplingFixture.reply(SamplingFixture.sample(kind));
        };
    }

    private static ScriptedUpstream upstream(String samples) {
        List<String> left = new ArrayList<>(List.of(samples.split(" ", -1)));
        return ScriptedUpstream.answeringWith(
                request -> isSample(request) ? reply(left.remove(0)) : SamplingFixture.reply("Closed"));
    }

    private static boolean isSample(CallRequest request) {
        return request.messages().get(0).toString().contains(SamplePrompts.ANSWER_MARK);
    }

    /** The samples, the turn's answer, how the samples ended, and why sampling did. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            vote | cut cut cut cut 7 7 7 7                       | It is 7. | 8 3 1 4 | DECIDED
            vote | cut 7 7 7 7                                   | It is 7. | 5 4 0 1 | DECIDED
            vote | silent silent silent silent 7 7 7 7           | It is 7. | 8 3 1 4 | DECIDED
            auto | cut longer 7 7 7 7                            | It is 7. | 6 4 0 2 | DECIDED
            auto | broken broken 7 7 7 7                         | It is 7. | 6 4 0 2 | DECIDED
            auto | empty cut 7 7 7 7                             | It is 7. | 6 4 0 2 | DECIDED
            vote | broken broken broken broken 7 7 7 7           | It is 7. | 8 3 1 4 | DECIDED
            vote | filtered cut filtered cut 7 7 7 7             | It is 7. | 8 3 1 4 | DECIDED
            # a rejected request is not repeated
            auto | 7 rejected                                    | It is 7. | 2 1 0 1 | ANSWERED
            vote | 7 rejected rejected rejected                  | It is 7. | 4 1 0 3 | ANSWERED
            vote | broken 7 rejected 7                           | It is 7. | 4 2 0 2 | ANSWERED
            # any other failure is one of its own
            vote | 7 8 oops 9 7 7 7                              | It is 7. | 7 6 0 1 | DECIDED
            # no sample has an answer
            vote | loop loop loop loop                           | Closed   | 4 0 0 4 | LOOP
            auto | loop loop                                     | Closed   | 2 0 0 2 | LOOP
            auto | cut longer cut cut cut cut cut cut            | Closed   | 8 0 0 8 | LIMIT
            vote | cut cut longer cut cut cut cut cut            | Closed   | 8 0 0 8 | LIMIT
            vote | cut longer rejected rejected                  | Closed   | 4 0 0 4 | ANSWERED
            auto | longer rejected                               | Closed   | 2 0 0 2 | ANSWERED
            auto | longer filtered cut filtered filtered         | Closed   | 4 0 0 4 | ANSWERED
            """)
    void replacesWhatARepetitionCanHeal(String name, String samples, String answer, String ends, EndedBy why) {
        ScriptedUpstream upstream = upstream(samples);

        assertThat(turn.run(strategy(name), upstream)).isEqualTo(FinishReason.STOP);

        assertThat(turn.out().answer()).isEqualTo(answer);
        Samples report = Objects.requireNonNull(turn.report().samples());
        assertThat(report.started() + " " + report.completed() + " " + report.cancelled() + " " + report.failed())
                .isEqualTo(ends);
        assertThat(turn.report().endedBy()).isEqualTo(why);
        if (answer.equals("Closed")) {
            assertThat(upstream.requests().get(report.started()).messages().toString())
                    .contains("foo and bar");
        }
    }

    /** The samples of the first wave are not replaced if the caller's limit has ended them: it would end the others, too. */
    @ParameterizedTest
    @CsvSource({"vote, 4", "auto, 2"})
    void theCallersLimitEndsAllSamples(String name, int started) {
        ScriptedUpstream upstream = upstream("cut longer cut cut");

        assertThat(turn.maxTokens(300).run(strategy(name), upstream)).isEqualTo(FinishReason.STOP);

        assertThat(turn.out().answer()).isEqualTo("Closed");
        assertThat(turn.report().endedBy()).isEqualTo(EndedBy.MAX_TOKENS);
        assertThat(upstream.requests()).hasSize(started + 1);
        assertThat(turn.ledger().answerUsage().outputTokens()).isEqualTo(5);
    }

    /** The retries that the turn has left, and the samples that are started before it fails. */
    @ParameterizedTest
    @CsvSource({
        "vote, broken, 0, 4", "vote, broken, 1, 5", "vote, broken, 3, 7", "vote, broken, 6, 8",
        "auto, broken, 0, 2", "auto, broken, 1, 3", "auto, broken, 2, 4", "auto, broken, 6, 8",
        "auto, rejected, 6, 2", "vote, rejected, 6, 4"
    })
    void theTurnFailsIfAllSamplesDo(String name, String kind, int retries, int started) {
        turn.budget(new Budget(30, 50_000, Duration.ofMinutes(5), retries));
        ScriptedUpstream upstream = upstream((kind + " ").repeat(8).strip());

        assertThatThrownBy(() -> turn.run(strategy(name), upstream))
                .hasMessage(kind.equals("broken") ? "It broke." : "It refused.");

        assertThat(upstream.requests()).hasSize(started);
    }

    @Test
    void failuresWithoutRetriesMakeTheNextWaveSmaller() {
        turn.budget(new Budget(30, 50_000, Duration.ofMinutes(5), 1));
        ScriptedUpstream upstream = upstream("1 2 broken broken 3 broken broken");

        turn.run(strategy("vote"), upstream);

        assertThat(turn.out().answer()).isEqualTo("It is 1.");
        assertThat(upstream.requests()).hasSize(6);
        assertThat(turn.report().endedBy()).isEqualTo(EndedBy.ANSWERED);
    }

    @Test
    void failuresWithoutRetriesDoNotMakeAFurtherWaveSmaller() {
        turn.budget(new Budget(30, 50_000, Duration.ofMinutes(5), 0));
        ScriptedUpstream upstream = upstream("7 7 8 8 broken broken 8 8");

        turn.run(strategy("vote"), upstream);

        assertThat(turn.out().answer()).isEqualTo("It is 8.");
        assertThat(turn.report().endedBy()).isEqualTo(EndedBy.LIMIT);
    }

    /** Samples in the middle of their answer when the budget ends them. Another one is complete or not. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            It is 7. | It is 7. | 4 1 3 0
                     | Closed   | 4 0 4 0
            """)
    void samplesThatTheBudgetEndsAreCancelled(@Nullable String complete, String answer, String ends) {
        try (SamplingFixture concurrent = new SamplingFixture(Executors.newCachedThreadPool())) {
            HangingUpstream upstream = new HangingUpstream(
                            complete == null ? 4 : 3,
                            (request, context) ->
                                    !isSample(request) ? "Closed" : context.number() == 0 ? complete : null)
                    .sending(new Delta.Text("It is 8, I think, so"));
            concurrent.onFlush(calls -> {
                if (complete == null || !concurrent.ends().isEmpty()) {
                    upstream.awaitHanging();
                    calls.expireReasoning();
                }
            });

            concurrent.run(strategy("vote"), upstream);

            assertThat(concurrent.out().answer()).isEqualTo(answer);
            Samples report = Objects.requireNonNull(concurrent.report().samples());
            assertThat(report.started() + " " + report.completed() + " " + report.cancelled() + " " + report.failed())
                    .isEqualTo(ends);
            assertThat(concurrent.report().endedBy()).isEqualTo(EndedBy.BUDGET_TIME);
            assertThat(concurrent.out().events().toString()).contains(VoteNotes.DEFAULT.exhausted());
        }
    }

    /** The next open one is shown as it arrives. */
    @Test
    void theFirstSampleThatGoesOnIsShownAsItArrives() {
        turn.run(strategy("vote"), upstream("rejected 7 7 7"));

        assertThat(turn.out().step(1)).isEqualTo("*It refused.*");
        assertThat(turn.out().step(2)).isEqualTo("### Think\n\nI think.\n\nResult: 7");
        assertThat(turn.out().step(3)).isEqualTo("7");
    }

    /** What a model has reasoned in a field of its own is not sent to it again. */
    @Test
    void theLongestTextIsTheOneWithMostWordsOutsideOfTheModelsOwnReasoning() {
        Reply silent = reply("silent").withUsage(new Usage(10, 0, 500, 500));
        List<Reply> left = new ArrayList<>(List.of(silent, reply("cut"), reply("rejected"), reply("rejected")));
        ScriptedUpstream upstream = ScriptedUpstream.answeringWith(
                request -> isSample(request) ? left.remove(0) : SamplingFixture.reply("Closed"));

        turn.run(strategy("vote"), upstream);

        assertThat(upstream.requests().get(4).messages().toString()).contains("foo");
    }
}
