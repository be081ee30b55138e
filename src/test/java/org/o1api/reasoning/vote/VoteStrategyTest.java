package org.o1api.reasoning.vote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.model.Budget;
import org.o1api.model.Delta;
import org.o1api.model.Effort;
import org.o1api.model.EndedBy;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.model.TurnSummary.Agreement;
import org.o1api.model.TurnSummary.Samples;
import org.o1api.reasoning.SamplingFixture;
import org.o1api.reasoning.ScriptedUpstream;
import org.o1api.reasoning.ScriptedUpstream.Reply;
import org.o1api.reasoning.Strategy;
import org.o1api.reasoning.sampling.SamplePrompts;
import org.o1api.reasoning.sampling.VoteNotes;
import org.o1api.reasoning.sampling.VoteSettings;
import org.o1api.upstream.Upstream;
import org.o1api.upstream.UpstreamException;
import org.o1api.upstream.demo.DemoUpstream;

class VoteStrategyTest {
    private final SamplingFixture turn = new SamplingFixture();

    @AfterEach
    void stop() {
        turn.close();
    }

    static Strategy vote(VoteSettings settings) {
        return new VoteStrategy(settings, new SamplingFixture.OneCall("single"));
    }

    private static VoteSettings max(int max) {
        return new VoteSettings(4, 2, max, 0.95, SamplePrompts.DEFAULT, VoteNotes.DEFAULT);
    }

    private FinishReason run(Upstream upstream) {
        return turn.run(vote(VoteSettings.DEFAULT), upstream);
    }

    /** The replies by their results, the number of them that are used, the answer's result, and why the vote ended. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            7 7 7 7                 | 4 | 7     | DECIDED
            7 7 8 7 7 7             | 6 | 7     | DECIDED
            8 7 7 7 7 7             | 6 | 7     | DECIDED
            1 2 3 4 2 2 3 5         | 8 | 2     | LIMIT
            1 2 3 4 5 6 7 8         | 8 | 1     | LIMIT
            1 1 2 2 1 2 2 1         | 8 | 1     | LIMIT
            1 1 1 2 2 1 2 1         | 8 | 1     | LIMIT
            - - - -                 | 4 | -     | ANSWERED
            - 7 - - - - - -         | 8 | 7     | LIMIT
            Paris paris Rome PARIS paris Paris | 6 | Paris | DECIDED
            """)
    void takesSamplesUntilTheVoteIsDecided(String results, int used, String winner, EndedBy why) {
        ScriptedUpstream upstream = SamplingFixture.samples(results.split(" ", -1));

        assertThat(run(upstream)).isEqualTo(FinishReason.STOP);

        assertThat(upstream.requests()).hasSize(used);
        assertThat(turn.out().answer()).isEqualTo(winner.equals("-") ? "I do not know." : "It is " + winner + ".");
        assertThat(turn.report().endedBy()).isEqualTo(why);
    }

    /** The answers of replies in the format that mark no result, or write more after it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            The answer is 41. | The answer is 42. | The answer is **42**. | The answer is 42.
            It is 41.         | It is 42.         | It is 42.             | It is 42.
            Yes, it is.       | No, not prime. The answer is no. | The answer is no. | No, not prime. The answer is no.
            It is 41.~Answer: 41~Ask me more. | It is 42.~Answer: 42~Bye. | It is 42.~Answer: 42 | It is 42.~Answer: 42~Bye.
            """)
    void resultsVoteThatAreNotMarked(String first, String second, String others, String winner) {
        run(SamplingFixture.computed(call ->
                "=== Step: a\nx\n=== Answer\n" + (call == 0 ? first : call == 1 ? second : others).replace('~', '\n')));

        assertThat(turn.out().answer()).isEqualTo(winner.replace('~', '\n'));
    }

    @Test
    void showsSamplesVotesAndWhySamplingStopped() {
        run(SamplingFixture.samples("7", "8", "7", "7", "7", "7"));

        assertThat(turn.out().step(1)).isEqualTo("### Think\n\nI think.\n\nResult: 7");
        assertThat(turn.out().step(2)).isEqualTo("8");
        assertThat(turn.out().step(7)).isEqualTo("""
                - 7: 5 of 6
                - 8: 1 of 6

                Sampling stopped: no other result can catch up.""");
        assertThat(turn.report().samples()).isEqualTo(new Samples(6, 6, 0, 0));
        assertThat(turn.report().agreement()).isEqualTo(new Agreement("7", 5, 6, 0.9375));
        assertThat(turn.report().steps()).isZero();
    }

    @Test
    void sendsNoPartOfTheResultLineToTheClientUnlessItIsAll() {
        run(SamplingFixture.computed(call -> "=== Answer\nAnswer: 7"));
        assertThat(turn.out().answer()).isEqualTo("7");
    }

    @Test
    void sendsTheResultLineIfTheCallerHasAskedForIt() {
        turn.messages(Message.user("Why? End with a line 'Answer: <number>'."));
        run(SamplingFixture.samples("7", "7", "7", "7"));
        assertThat(turn.out().answer()).isEqualTo("It is 7.\nAnswer: 7");
    }

    /** All of such a reply is the answer, also for the usage. */
    @Test
    void aModelThatIgnoresTheFormatVotesToo() {
        run(SamplingFixture.computed(call -> "I add them. So the answer is 7, I think."));
        assertThat(turn.out().answer()).isEqualTo("I add them. So the answer is 7, I think.");
        assertThat(turn.ledger().calls()).isEqualTo(4);
        assertThat(turn.ledger().answerUsage().reasoningTokens()).isZero();
    }

    @Test
    void answersWithTheToolCallOfTheMajority() {
        turn.tools("[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]");
        Reply call = Reply.of(new Delta.ToolCall(0, "call_1", "f", "{\"a\":"), new Delta.ToolCall(0, null, null, "1}"))
                .withFinishReason(FinishReason.TOOL_CALLS);
        Reply same = Reply.of(new Delta.ToolCall(0, "call_2", "f", "{ \"a\": 1 }"))
                .withFinishReason(FinishReason.TOOL_CALLS);
        ScriptedUpstream upstream =
                ScriptedUpstream.answering(SamplingFixture.reply("5"), call, same, same, same, same);

        assertThat(run(upstream)).isEqualTo(FinishReason.TOOL_CALLS);

        assertThat(turn.out().toolCalls()).extracting(Delta.ToolCall::arguments).containsExactly("{\"a\":", "1}");
        assertThat(turn.out().answer()).isEmpty();
        assertThat(upstream.requests()).allMatch(request -> request.fields().containsKey("tools"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            response_format | {"type":"json_object"}
            stop            | ["x"]
            logit_bias      | {"1":2}
            guided_choice   | ["x","y"]
            prediction      | {"type":"content","content":"x"}
            """)
    void aConstrainedAnswerIsGivenByAClosingCall(String name, String json) {
        turn.closingField(name, json);
        ScriptedUpstream upstream = ScriptedUpstream.answeringWith(request ->
                SamplingFixture.reply(request.fields().containsKey(name) ? "{\"r\": 7}" : SamplingFixture.sample(7)));

        assertThat(run(upstream)).isEqualTo(FinishReason.STOP);

        assertThat(turn.out().answer()).isEqualTo("{\"r\": 7}");
        assertThat(upstream.requests()).hasSize(5);
        assertThat(upstream.requests().subList(0, 4))
                .noneMatch(request -> request.fields().containsKey(name));
        assertThat(upstream.requests().get(4).messages().toString()).contains("It is 7.");
        assertThat(turn.ledger().answerUsage().outputTokens()).isEqualTo(5);
    }

    @Test
    void theClosingCallIsReservedInTheBudget() {
        turn.closingField("stop", "[\"x\"]").budget(new Budget(4, 50_000, Duration.ofMinutes(5), 6));
        ScriptedUpstream upstream = SamplingFixture.samples("7", "8", "7", "9");

        run(upstream);

        assertThat(upstream.requests()).hasSize(4);
        assertThat(turn.report().endedBy()).isEqualTo(EndedBy.BUDGET_CALLS);
        assertThat(turn.out().answer()).contains("9");
    }

    @ParameterizedTest
    @CsvSource({"8, 5, 5", "8, 3, 3", "8, 2, 2"})
    void aBudgetOfFewCallsEndsTheVote(int max, int calls, int made) {
        turn.budget(new Budget(calls, 50_000, Duration.ofMinutes(5), 6));
        ScriptedUpstream upstream = SamplingFixture.samples("1", "2", "3", "2", "4", "5", "6", "7");

        turn.run(vote(max(max)), upstream);

        assertThat(upstream.requests()).hasSize(made);
        assertThat(turn.report().endedBy()).isEqualTo(EndedBy.BUDGET_CALLS);
        assertThat(turn.out().answer()).isEqualTo(made == 5 ? "It is 2." : "It is 1.");
    }

    @Test
    void aBudgetOfOneCallIsASingleAnswer() {
        turn.budget(new Budget(1, 50_000, Duration.ofMinutes(5), 6));
        ScriptedUpstream upstream = SamplingFixture.samples("1");

        run(upstream);

        assertThat(turn.out().answer()).endsWith("Answer: 1");
        assertThat(turn.report().samples()).isNull();
    }

    @Test
    void samplesThatFailAreReplacedWithinTheMaximum() {
        Reply broken = SamplingFixture.reply("Half").brokenOff(true);
        Reply seven = SamplingFixture.reply(SamplingFixture.sample(7));

        assertThat(run(ScriptedUpstream.answering(broken, seven, broken, seven, seven, seven)))
                .isEqualTo(FinishReason.STOP);

        assertThat(turn.out().answer()).isEqualTo("It is 7.");
        assertThat(turn.out().step(1)).isEqualTo("Half\n\n*It broke.*");
        assertThat(turn.report().samples()).isEqualTo(new Samples(6, 4, 0, 2));
    }

    @Test
    void failsWithTheFirstFailureIfAllOfTheFirstWaveFail() {
        Reply broken = SamplingFixture.reply("Half").brokenOff(false);
        Reply other = SamplingFixture.reply("Half")
                .withFailure(new UpstreamException(ErrorCode.UPSTREAM_TIMEOUT, "It took too long.", false, null));
        ScriptedUpstream upstream = ScriptedUpstream.answering(broken, other, other, other);

        assertThatThrownBy(() -> run(upstream)).hasMessage("It broke.");
    }

    /** Otherwise a stream would begin, and the failure could not have a status of its own. */
    @Test
    void showsNoTextIfAllSamplesFailBeforeTheirFirstText() {
        Reply rejected =
                Reply.of().withFailure(new UpstreamException(ErrorCode.UPSTREAM_REFUSED, "It refused.", false, null));

        assertThatThrownBy(() -> run(ScriptedUpstream.answering(rejected, rejected, rejected, rejected)))
                .hasMessage("It refused.");
        assertThat(turn.out().events()).noneMatch(event -> event.startsWith("text"));
    }

    @Test
    void showsAFailureBeforeTheFirstTextOnceThereIsText() {
        Reply rejected =
                Reply.of().withFailure(new UpstreamException(ErrorCode.UPSTREAM_REFUSED, "It refused.", false, null));
        Reply seven = SamplingFixture.reply(SamplingFixture.sample(7));

        run(ScriptedUpstream.answering(rejected, seven, seven, seven, seven, seven));

        assertThat(turn.out().step(1)).isEqualTo("*It refused.*");
    }

    /** Its whole text counts, so a recorded key is found. */
    @Test
    void aTruncatedSampleVotesIfItHasAnAnswer() {
        Reply truncated = SamplingFixture.reply("It is 7, so").withFinishReason(FinishReason.LENGTH);
        Reply complete = SamplingFixture.reply(SamplingFixture.sample(7));

        run(ScriptedUpstream.answering(truncated, truncated, complete, truncated));

        assertThat(turn.ledger().calls()).isEqualTo(4);
        assertThat(turn.out().answer()).isEqualTo("It is 7.");
    }

    /** The budget allows no sample: the answer needs none. */
    @Test
    void aBudgetThatIsUsedUpBeforeTheFirstSampleIsADirectAnswer() {
        turn.budget(new Budget(3, 50_000, Duration.ofMinutes(5), 6));
        ScriptedUpstream upstream = SamplingFixture.computed(call -> "Half");

        turn.runAfterReasoningTime(vote(VoteSettings.DEFAULT), upstream);

        assertThat(upstream.requests()).hasSize(1);
        assertThat(turn.out().answer()).isEqualTo("Half");
        assertThat(turn.report().endedBy()).isEqualTo(EndedBy.BUDGET_TIME);
    }

    @Test
    void countsTheWinnerAsTheAnswerAndTheRestInTheTotals() {
        run(SamplingFixture.samples("7", "7", "7", "7"));

        assertThat(turn.ledger().answerUsage().outputTokens()).isEqualTo(5);
        assertThat(turn.ledger().totalUsage().outputTokens()).isEqualTo(20);
        assertThat(turn.ledger().totalUsage().inputTokens()).isEqualTo(40);
    }

    @Test
    void cancelsWhatIsNoLongerNeededAndSaysWhatWasSaved() {
        VoteSettings eager = new VoteSettings(4, 2, 8, 0.9, SamplePrompts.DEFAULT, VoteNotes.DEFAULT);

        turn.run(vote(eager), SamplingFixture.samples("7", "7", "7", "7"));

        assertThat(turn.report().samples()).isEqualTo(new Samples(4, 3, 1, 0));
        assertThat(turn.out().step(4)).isEqualTo("*Cancelled, because the vote was decided.*");
        assertThat(turn.out().step(5)).contains("probability of 0.94").contains("Cancelled samples: 1.");
    }

    @ParameterizedTest
    @CsvSource({"HIGH, 16", "XHIGH, 24", "MAX, 32", "MEDIUM, 8"})
    void effortSetsTheMaximum(Effort effort, int max) {
        VoteStrategy adapted = (VoteStrategy) vote(VoteSettings.DEFAULT).withEffort(effort);
        assertThat(adapted.settings().max()).isEqualTo(max);
        assertThat(((VoteStrategy) vote(max(3)).withEffort(effort)).settings().max())
                .isEqualTo(effort == Effort.MEDIUM ? 3 : max);
    }

    @ParameterizedTest
    @EnumSource(names = {"NONE", "MINIMAL", "LOW"})
    void lessEffortIsOneCall(Effort effort) {
        assertThat(vote(VoteSettings.DEFAULT).withEffort(effort).name())
                .isEqualTo(effort == Effort.NONE ? "direct" : "single");
    }

    @Test
    void aVoteOfAtMostOneSampleIsASingleAnswer() {
        ScriptedUpstream upstream = SamplingFixture.samples("1");
        turn.run(vote(max(1)), upstream);
        assertThat(turn.out().answer()).endsWith("Answer: 1");
    }

    @Test
    void runsWithTheDemoModel() {
        try (DemoUpstream demo = new DemoUpstream("default", Duration.ZERO, List.of(new VoteDemo()))) {
            run(demo);
        }
        assertThat(turn.out().answer()).contains("demonstration");
        assertThat(Objects.requireNonNull(turn.report().agreement()).key()).isEqualTo("42");
        assertThat(turn.report().samples()).isEqualTo(new Samples(6, 6, 0, 0));
    }

    @Test
    void usesTheConfiguredWords() {
        VoteNotes notes = new VoteNotes(
                "{number}. Versuch",
                "Ergebnis {result}",
                "Wahl",
                "{result} {votes}/{of}",
                "sicher {probability}",
                "uneinholbar",
                "Grenze {samples}",
                "Budget",
                "einig",
                "nichts",
                "verstreut {samples}",
                "gescheitert",
                "{samples} weg, {tokens} gespart",
                "Entschieden.",
                "Verbraucht.",
                "Abgebrochen.",
                "Stumm.",
                "Schleife.");
        VoteSettings settings = new VoteSettings(4, 2, 4, 0.95, SamplePrompts.DEFAULT, notes);

        turn.run(vote(settings), SamplingFixture.samples("7", "7", "8", "7"));

        assertThat(turn.out().step(1)).endsWith("Ergebnis 7");
        assertThat(turn.out().step(5)).isEqualTo("- 7 3/4\n- 8 1/4\n\nGrenze 4");
    }
}
