package org.o1api.reasoning.auto;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.o1api.model.Budget;
import org.o1api.model.Content;
import org.o1api.model.Delta;
import org.o1api.model.Effort;
import org.o1api.model.EndedBy;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnEvent.StepOutcome;
import org.o1api.model.TurnSummary.Agreement;
import org.o1api.model.TurnSummary.Samples;
import org.o1api.reasoning.SamplingFixture;
import org.o1api.reasoning.ScriptedUpstream;
import org.o1api.reasoning.ScriptedUpstream.Reply;
import org.o1api.reasoning.Strategy;
import org.o1api.reasoning.direct.DirectStrategyType;
import org.o1api.reasoning.sampling.VoteSettings;
import org.o1api.reasoning.vote.VoteStrategyType;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.demo.DemoScript;
import org.o1api.upstream.demo.DemoUpstream;

class AutoStrategyTest {
    private static final String JUDGE = "same or different.";

    private static final Message TOOL_RESULT = new Message.ToolResult(
            Role.TOOL, "call_1", new Content.Text("5"), Map.of(Message.TOOL_CALL_ID, new RawJson("\"call_1\"")));

    private final SamplingFixture turn = new SamplingFixture();
    private final Strategy auto = auto(AutoSettings.DEFAULT);

    @AfterEach
    void stop() {
        turn.close();
    }

    private static Strategy auto(AutoSettings settings) {
        return new AutoStrategy(
                settings,
                VoteSettings.DEFAULT,
                new SamplingFixture.OneCall("single"),
                new SamplingFixture.OneCall("direct"),
                null);
    }

    private static boolean isJudge(CallRequest request) {
        return request.messages().toString().contains(JUDGE);
    }

    @Test
    void twoSamplesThatAgreeAreEnough() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                SamplingFixture.reply("=== Answer\nSeven.\nAnswer: 7"), SamplingFixture.reply("So the answer is 7.0"));

        assertThat(turn.run(auto, upstream)).isEqualTo(FinishReason.STOP);

        assertThat(turn.out().answer()).isEqualTo("Seven.");
        assertThat(turn.report().route()).isEqualTo("agreed");
        assertThat(turn.report().endedBy()).isEqualTo(EndedBy.DECIDED);
        assertThat(turn.report().agreement()).isEqualTo(new Agreement("7", 2, 2, 0.875));
        assertThat(turn.out().step(3)).isEqualTo("- 7: 2 of 2\n\nSampling stopped: both samples agree.");
    }

    @Test
    void samplesThatDifferAreTheFirstTwoOfAVote() {
        ScriptedUpstream upstream = SamplingFixture.samples("7", "8", "8", "8", "8", "8");

        turn.run(auto, upstream);

        assertThat(turn.out().answer()).isEqualTo("It is 8.");
        assertThat(turn.report().route()).isEqualTo("vote");
        assertThat(turn.report().samples()).isEqualTo(new Samples(6, 6, 0, 0));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            same                                | 3 | agreed
            Same.                               | 3 | agreed
            **same**                            | 3 | agreed
            <think>different?</think>same       | 3 | agreed
            Not the same                        | 5 | vote
            different                           | 5 | vote
            They are not different, so: same    | 3 | agreed
            Both answers are the same.          | 3 | agreed
            First 7, then 7.0\\n\\n**Same**     | 3 | agreed
            \\boxed{\\text{same}}               | 3 | agreed
            I cannot tell.                      | 5 | vote
            No, they do not come to the same result. | 5 | vote
            They are not the same.              | 5 | vote
            They aren't the same                | 5 | vote
            No, the same                        | 5 | vote
            It is unclear whether both are the same | 5 | vote
            Neither is the same                 | 5 | vote
            same or different                   | 5 | vote
            Same? No: different                 | 5 | vote
            """)
    void aJudgeComparesOpenText(String verdict, int calls, String route) {
        int[] samples = {0};
        ScriptedUpstream upstream = ScriptedUpstream.answeringWith(request -> SamplingFixture.reply(
                isJudge(request)
                        ? verdict.replace("\\n", "\n")
                        : "=== Answer\nIt depends, view " + (char) ('a' + samples[0]++)));

        turn.run(auto, upstream);

        assertThat(upstream.requests()).hasSize(calls);
        assertThat(turn.report().route()).isEqualTo(route);
        assertThat(turn.out().answer()).isEqualTo("It depends, view a");
        assertThat(turn.out().titles()).contains("Sample 1", "Comparison", "Vote");
        assertThat(turn.out().events().toString())
                .contains(route.equals("agreed") ? ": 2 of 2" : "no results that can be compared");
    }

    /** Without a result line they are open text, although they have numbers and the word "answer". */
    @Test
    void proseInTheFormatIsComparedByTheJudge() {
        int[] samples = {0};
        List<String> prose =
                List.of("My friend, the answer is long: it was founded in 1237.", "It has 3.7 million people.");
        ScriptedUpstream upstream = ScriptedUpstream.answeringWith(
                request -> SamplingFixture.reply(isJudge(request) ? "same" : "=== Answer\n" + prose.get(samples[0]++)));

        turn.run(auto, upstream);

        assertThat(upstream.requests()).hasSize(3);
        assertThat(turn.report().route()).isEqualTo("agreed");
        assertThat(turn.out().answer()).isEqualTo(prose.get(0));
    }

    static Stream<Reply> repliesWithoutVerdict() {
        return Stream.of(
                SamplingFixture.reply("sa").brokenOff(false),
                SamplingFixture.reply("same").brokenOff(false),
                SamplingFixture.reply("check whether both are the same").withFinishReason(FinishReason.LENGTH),
                SamplingFixture.reply("same").withFinishReason(FinishReason.LENGTH),
                SamplingFixture.reply("same").withFinishReason(FinishReason.CONTENT_FILTER),
                SamplingFixture.reply("I cannot tell."),
                SamplingFixture.reply("<think>same or different?</think>Yes."));
    }

    @ParameterizedTest
    @MethodSource("repliesWithoutVerdict")
    void aJudgeThatFailsOrHasNoVerdictMeansAVote(Reply judge) {
        int[] samples = {0};
        ScriptedUpstream upstream = ScriptedUpstream.answeringWith(request ->
                isJudge(request) ? judge : SamplingFixture.reply("It depends, view " + (char) ('a' + samples[0]++)));

        turn.run(auto, upstream);

        assertThat(turn.report().route()).isEqualTo("vote");
        assertThat(turn.out().answer()).isEqualTo("It depends, view a");
        assertThat(turn.ends().get(2).outcome()).isEqualTo(StepOutcome.FAILED);
        assertThat(turn.ends().get(2).conclusion()).isEqualTo(AutoNotes.DEFAULT.failed());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            I do not know.              | I do not know.
            === Answer\\nI cannot know   | I  CANNOT\\nknow
            === Answer\\nBerlin is nice. | === Step: A\\nHm.\\n=== Answer\\nBerlin is nice.
            """)
    void equalTextsNeedNoJudge(String first, String second) {
        ScriptedUpstream upstream = ScriptedUpstream.answering(first.replace("\\n", "\n"), second.replace("\\n", "\n"));

        turn.run(auto, upstream);

        assertThat(upstream.requests()).hasSize(2);
        assertThat(turn.report().route()).isEqualTo("agreed");
    }

    /** The results after the judge has said that the first two differ. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Paris Lyon Rome Nice Oslo Bern                | Paris | 6 | no two of 6 samples
            Paris Lyon Rome Nice Paris Oslo Bern Rome     | Paris | 8 | after 8 samples
            Paris Lyon Lyon Nice Lyon Lyon                | Lyon  | 6 | no other result
            """)
    void aVoteOnTextsGoesOnWhileResultsMeet(String results, String answer, int used, String why) {
        int[] calls = {0};
        String[] texts = results.split(" ", -1);
        ScriptedUpstream upstream = ScriptedUpstream.answeringWith(request ->
                SamplingFixture.reply(isJudge(request) ? "different" : SamplingFixture.sample(texts[calls[0]++])));

        turn.run(auto, upstream);

        assertThat(upstream.requests()).hasSize(used + 1);
        assertThat(turn.out().answer()).isEqualTo("It is " + answer + ".");
        assertThat(turn.out().events().toString()).contains(why);
        assertThat(turn.report().endedBy()).isEqualTo(why.startsWith("no other") ? EndedBy.DECIDED : EndedBy.LIMIT);
    }

    @Test
    void theAgreementOfTheJudgeIsATally() {
        List<TurnEvent> trace = new ArrayList<>();
        turn.onTrace(trace::add);
        int[] samples = {0};
        turn.run(
                auto,
                ScriptedUpstream.answeringWith(request -> SamplingFixture.reply(
                        isJudge(request) ? "same" : "It depends, view " + (char) ('a' + samples[0]++))));

        assertThat(trace).contains(new TurnEvent.Tally(Map.of("It depends, view a", 2), 0.875));
        assertThat(trace.stream()
                        .filter(event -> event instanceof TurnEvent.Note || event instanceof TurnEvent.StepEnded)
                        .map(event -> event.getClass().getSimpleName()))
                .containsExactly("StepEnded", "StepEnded", "Note", "StepEnded", "Note", "StepEnded");
    }

    @Test
    void aJudgeThatTheBudgetRefusesMeansAVote() {
        turn.budget(new Budget(2, 50_000, Duration.ofMinutes(5), 6));

        turn.run(auto, ScriptedUpstream.answering("This.", "That."));

        assertThat(turn.report().route()).isEqualTo("vote");
        assertThat(turn.ends().get(2).outcome()).isEqualTo(StepOutcome.FAILED);
        assertThat(turn.report().endedBy()).isEqualTo(EndedBy.BUDGET_CALLS);
    }

    /** Filtered text may lack what makes the difference. */
    @Test
    void theJudgeDoesNotCompareFilteredSamples() {
        Reply filtered = SamplingFixture.reply("It depends").withFinishReason(FinishReason.CONTENT_FILTER);
        Reply other = SamplingFixture.reply("It depends, too");
        ScriptedUpstream upstream =
                ScriptedUpstream.answeringWith(request -> isJudge(request) ? SamplingFixture.reply("same") : filtered);
        turn.run(auto, upstream);
        assertThat(upstream.requests()).noneMatch(AutoStrategyTest::isJudge);

        turn.run(auto, ScriptedUpstream.answering(filtered, other, other, other, other));
        assertThat(turn.out().answer()).isEqualTo("It depends, too");
    }

    @Test
    void theJudgeCanBeSwitchedOff() {
        AutoSettings defaults = AutoSettings.DEFAULT;
        AutoSettings settings = new AutoSettings(256, false, 512, defaults.prompt(), defaults.notes());
        ScriptedUpstream upstream = ScriptedUpstream.answering("One.", "Two.", "Three.", "Four.");

        turn.run(auto(settings), upstream);

        assertThat(upstream.requests()).hasSize(4).noneMatch(AutoStrategyTest::isJudge);
        assertThat(turn.report().route()).isEqualTo("vote");
    }

    @Test
    void theJudgeGetsTheQuestionAndBothTexts() {
        turn.messages(Message.user("Which {second} city?"));
        ScriptedUpstream upstream = ScriptedUpstream.answering("Paris {first}", "The city of Paris", "same");

        turn.run(auto, upstream);

        CallRequest judge = upstream.requests().get(2);
        assertThat(judge.messages().toString())
                .contains("Which {second} city?")
                .contains("Paris {first}")
                .contains("The city of Paris");
        assertThat(judge.fields()).containsKeys("temperature", "max_tokens").doesNotContainKey("tools");
    }

    @Test
    void aSampleThatFailsLeavesAVote() {
        Reply broken = SamplingFixture.reply("Half").brokenOff(true);
        Reply seven = SamplingFixture.reply(SamplingFixture.sample(7));

        turn.run(auto, ScriptedUpstream.answering(broken, seven, seven, seven, seven));

        assertThat(turn.out().answer()).isEqualTo("It is 7.");
        assertThat(turn.report().route()).isEqualTo("vote");
        assertThat(turn.report().samples()).isEqualTo(new Samples(5, 4, 0, 1));
    }

    @Test
    void toolCallsThatAgreeAreTheAnswer() {
        turn.tools("[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]");
        Reply call =
                Reply.of(new Delta.ToolCall(0, "call_1", "f", "{\"a\":1}")).withFinishReason(FinishReason.TOOL_CALLS);

        assertThat(turn.run(auto, ScriptedUpstream.answering(call, call))).isEqualTo(FinishReason.TOOL_CALLS);

        assertThat(turn.out().toolCalls()).hasSize(1);
        assertThat(turn.report().route()).isEqualTo("agreed");
    }

    @ParameterizedTest
    @CsvSource({"255, direct", "1, direct", "256, agreed"})
    void lowLimitsOfTokensAreAnsweredDirectly(long maxTokens, String route) {
        turn.maxTokens(maxTokens).run(auto, SamplingFixture.samples("7", "7"));
        assertThat(turn.report().route()).isEqualTo(route);
    }

    @Test
    void toolResultsAreAnsweredBySingle() {
        turn.messages(Message.user("Why?"), TOOL_RESULT);
        turn.run(auto, SamplingFixture.samples("7"));
        assertThat(turn.report().route()).isEqualTo("single");
    }

    @Test
    void aBudgetOfOneCallIsSpentOnOneAnswer() {
        turn.budget(new Budget(1, 50_000, Duration.ofMinutes(5), 6)).run(auto, SamplingFixture.samples("7"));
        assertThat(turn.report().route()).isEqualTo("single");
    }

    @ParameterizedTest
    @CsvSource({"NONE, direct", "MINIMAL, single", "LOW, single", "MEDIUM, agreed", "MAX, agreed"})
    void effortChoosesTheRoute(Effort effort, String route) {
        Strategy adapted = auto.withEffort(effort);
        turn.run(adapted, SamplingFixture.samples("7", "7"));
        assertThat(turn.report().route()).isEqualTo(route);
        assertThat(adapted.name()).isEqualTo("auto");
    }

    /** The direct answer to a request with few tokens, too. */
    @ParameterizedTest
    @EnumSource(Effort.class)
    void theModelOfADirectAnswerGetsTheEffort(Effort effort) {
        Strategy real = new AutoStrategy(
                AutoSettings.DEFAULT,
                VoteSettings.DEFAULT,
                new SamplingFixture.OneCall("single"),
                DirectStrategyType.strategy(),
                null);
        ScriptedUpstream upstream = SamplingFixture.samples("7");

        turn.maxTokens(100).run(real.withEffort(effort), upstream);

        boolean isSingle = effort == Effort.MINIMAL || effort == Effort.LOW;
        assertThat(upstream.requests().get(0).effort()).isEqualTo(isSingle ? null : effort);
    }

    /** A model that is right 95 times out of 100: at most 2.45 calls a turn. */
    @Test
    void mostQuestionsTakeTwoCalls() {
        Random random = new Random(3);
        assertThat(meanCalls(() -> random.nextDouble() < 0.95 ? "42" : "" + random.nextInt(40)))
                .isBetween(2.2, 2.45);
    }

    /** The same with results in words: at most 3.45 calls a turn, one of them by the judge. */
    @Test
    void aJudgeTakesOneMoreCall() {
        Random random = new Random(4);
        assertThat(meanCalls(() -> (random.nextDouble() < 0.95 ? "right, in words like " : "wrong, in words like ")
                        + letters(random.nextInt(1 << 20))))
                .isBetween(2.9, 3.45);
    }

    private static String letters(int number) {
        StringBuilder letters = new StringBuilder();
        for (int rest = number; rest > 0; rest /= 26) {
            letters.append((char) ('a' + rest % 26));
        }
        return letters.toString();
    }

    private double meanCalls(Supplier<String> results) {
        int calls = 0;
        for (int i = 0; i < 2000; i++) {
            ScriptedUpstream upstream = ScriptedUpstream.answeringWith(request ->
                    SamplingFixture.reply(isJudge(request) ? verdict(request) : SamplingFixture.sample(results.get())));
            turn.run(auto, upstream);
            calls += turn.ledger().calls();
        }
        return calls / 2000.0;
    }

    private static String verdict(CallRequest request) {
        String text = request.messages().toString();
        return text.contains("Answer: wrong") ? "different" : "same";
    }

    @Test
    void runsWithTheDemoModel() {
        List<DemoScript> scripts = List.of(new VoteStrategyType().demo(), new AutoDemo());
        try (DemoUpstream demo = new DemoUpstream("default", Duration.ZERO, scripts)) {
            turn.run(auto, demo);
        }
        assertThat(turn.out().answer()).contains("demonstration");
        assertThat(turn.report().route()).isEqualTo("vote");
    }
}
