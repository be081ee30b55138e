package org.o1api.reasoning.vote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.model.Budget;
import org.o1api.model.Cancellation;
import org.o1api.model.Delta;
import org.o1api.model.Effort;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.TurnLedger;
import org.o1api.model.Usage;
import org.o1api.reasoning.ModelCalls;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.ScriptedUpstream;
import org.o1api.reasoning.ScriptedUpstream.Reply;
import org.o1api.reasoning.TestPresets;
import org.o1api.reasoning.Transcript;
import org.o1api.reasoning.TurnContext;
import org.o1api.upstream.Upstream;
import org.o1api.upstream.UpstreamException;
import org.o1api.upstream.demo.DemoUpstream;

class VoteStrategyTest {
    private final Transcript out = new Transcript();
    private final TurnLedger ledger = new TurnLedger();
    /** One thread: the samples are read one after the other, in their order. */
    private final ExecutorService thread = Executors.newSingleThreadExecutor();

    private Budget budget = Budget.DEFAULT;
    private VoteNotes notes = VoteNotes.DEFAULT;
    private Map<String, RawJson> fields = Map.of();
    private Map<String, RawJson> closingFields = Map.of();

    @AfterEach
    void stop() {
        thread.shutdown();
        await().atMost(Duration.ofSeconds(15)).until(thread::isTerminated);
    }

    private FinishReason run(int max, Upstream upstream) {
        VoteStrategy strategy = new VoteStrategy(max, notes);
        Prompt prompt = new Prompt(List.of(Message.user("Why?")), fields, null, closingFields, null);
        try (ModelCalls calls =
                new ModelCalls(upstream, ScriptedUpstream.TURN, new Cancellation(), budget, out, ledger, thread)) {
            return strategy.run(new TurnContext(prompt, TestPresets.preset(strategy), calls, out.log()));
        }
    }

    private static Reply reply(String text) {
        return Reply.of(new Delta.Text(text)).withUsage(new Usage(10, 0, 5, 0));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            I say 1.; It is 2.; So 2.0    | It is 2.
            It is 1.; It is 2.; It is 3.  | It is 1.
            None.; It is 2.; It is 3.     | It is 2.
            None.; Nothing.; Hm.          | None.
            """)
    void answersWithTheTextOfTheMajority(String replies, String answer) {
        List<String> texts = List.of(replies.split("; ", -1));
        assertThat(run(texts.size(), ScriptedUpstream.answering(texts.toArray(String[]::new))))
                .isEqualTo(FinishReason.STOP);
        assertThat(out.answer()).isEqualTo(answer);
        assertThat(out.titles()).first().isEqualTo("Sample 1");
        assertThat(out.step(1)).isEqualTo(texts.get(0));
    }

    @Test
    void comparesJsonByItsValue() {
        closingFields = Map.of("response_format", new RawJson("{\"type\":\"json_object\"}"));
        run(3, ScriptedUpstream.answering("{\"a\": 0}", "{\"a\": 1, \"b\": 2}", "{\"b\":2,\"a\":1}"));
        assertThat(out.answer()).isEqualTo("{\"a\": 1, \"b\": 2}");
    }

    @Test
    void answersWithTheToolCallOfTheMajority() {
        Reply call = Reply.of(new Delta.ToolCall(0, "call_1", "f", "{\"a\":"), new Delta.ToolCall(0, null, null, "1}"))
                .withFinishReason(FinishReason.TOOL_CALLS);
        Reply same = Reply.of(new Delta.ToolCall(0, "call_2", "f", "{ \"a\": 1 }"))
                .withFinishReason(FinishReason.TOOL_CALLS);
        assertThat(run(3, ScriptedUpstream.answering(reply("5"), call, same))).isEqualTo(FinishReason.TOOL_CALLS);
        assertThat(out.toolCalls()).extracting(Delta.ToolCall::arguments).containsExactly("{\"a\":", "1}");
        assertThat(out.answer()).isEmpty();
    }

    @Test
    void readsReasoningAndAnswerLikeAnyAnswer() {
        run(2, ScriptedUpstream.answering("<think>Maybe 7.</think>\n\nIt is 8.", "It is 9."));
        assertThat(out.step(1)).contains("Maybe 7.").endsWith("It is 8.").doesNotContain("think>");
        assertThat(out.answer()).isEqualTo("It is 8.");
    }

    @Test
    void aTruncatedAnswerDoesNotVote() {
        Reply truncated = reply("Perhaps 1").withFinishReason(FinishReason.LENGTH);
        assertThat(run(3, ScriptedUpstream.answering(truncated, truncated, reply("It is 2."))))
                .isEqualTo(FinishReason.STOP);
        assertThat(out.answer()).isEqualTo("It is 2.");
    }

    @Test
    void sendsNoTemperatureOfItsOwn() {
        ScriptedUpstream upstream = ScriptedUpstream.answering("1", "2", "3");
        run(3, upstream);
        assertThat(upstream.requests())
                .hasSize(3)
                .allMatch(request -> request.fields().isEmpty());
    }

    @Test
    void sendsTheTemperatureOfTheCaller() {
        fields = Map.of("temperature", new RawJson("0.7"));
        ScriptedUpstream upstream = ScriptedUpstream.answering("1", "2", "3");
        run(3, upstream);
        assertThat(upstream.requests())
                .hasSize(3)
                .allMatch(request -> request.fields().equals(fields));
    }

    @Test
    void ignoresFailedSamplesWhileAnotherCanAnswer() {
        Reply broken = reply("Half").brokenOff(false);
        run(3, ScriptedUpstream.answering(broken, broken, reply("It is 2.")));
        assertThat(out.answer()).isEqualTo("It is 2.");
        assertThat(out.step(1)).isEqualTo("Half\n\n*It broke.*");
    }

    @Test
    void failsWithTheFirstFailureIfAllFail() {
        Reply broken = reply("Half").brokenOff(false);
        Reply other = reply("Half")
                .withFailure(new UpstreamException(ErrorCode.UPSTREAM_TIMEOUT, "It took too long.", false, null));
        assertThatThrownBy(() -> run(2, ScriptedUpstream.answering(broken, other)))
                .hasMessage("It broke.");
    }

    @Test
    void countsTheWinnerAsTheAnswerAndTheRestInTheTotals() {
        run(3, ScriptedUpstream.answering(reply("1"), reply("2"), reply("3")));
        assertThat(ledger.answerUsage()).isEqualTo(new Usage(10, 0, 5, 0));
        assertThat(ledger.totalUsage()).isEqualTo(new Usage(30, 0, 15, 10));
        assertThat(ledger.calls()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"5, 2, 2", "5, 1, 1", "1, 30, 1", "3, 30, 3"})
    void makesFewerCallsIfTheBudgetIsShort(int max, int calls, int made) {
        budget = new Budget(calls, 1000, Duration.ofMinutes(5), 0);
        ScriptedUpstream upstream = ScriptedUpstream.answeringWith(request -> reply("It is " + max));
        run(max, upstream);
        assertThat(ledger.calls()).isLessThanOrEqualTo(made).isPositive();
        assertThat(out.answer()).isEqualTo("It is " + max);
        assertThat(out.steps() > 0).isEqualTo(made > 1);
    }

    @Test
    void repeatsASingleAnswerThatBrokeOff() {
        Reply broken = Reply.of(new Delta.Reasoning("Hm")).brokenOff(true);
        run(1, ScriptedUpstream.answering(broken, reply("It is 1.")));
        assertThat(out.answer()).isEqualTo("It is 1.");
    }

    @ParameterizedTest
    @CsvSource({
        "NONE, 1, 1, 1",
        "MINIMAL, 3, 2, 3",
        "LOW, 3, 2, 16",
        "MEDIUM, 5, 2, 32",
        "HIGH, 5, 2, 32",
        "MAX, 5, 2, 32"
    })
    void adaptsTheNumberOfSamplesToTheEffort(Effort effort, int five, int two, int limit) {
        assertThat(new VoteStrategy(5, VoteNotes.DEFAULT).withEffort(effort))
                .isEqualTo(new VoteStrategy(five, VoteNotes.DEFAULT));
        assertThat(new VoteStrategy(2, VoteNotes.DEFAULT).withEffort(effort))
                .isEqualTo(new VoteStrategy(two, VoteNotes.DEFAULT));
        assertThat(new VoteStrategy(32, VoteNotes.DEFAULT).withEffort(effort))
                .isEqualTo(new VoteStrategy(limit, VoteNotes.DEFAULT));
    }

    @Test
    void runsWithTheDemoModel() {
        try (DemoUpstream demo = new DemoUpstream("default", Duration.ZERO, List.of(new VoteDemo()))) {
            run(5, demo);
        }
        assertThat(out.answer()).contains("demonstration").endsWith("The result of this sample: 42");
        assertThat(out.titles()).hasSizeGreaterThan(3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            7                    | 7 8 9
            -1                   | -1 0 1
            "x"                  | "x" "x" "x"
            99999999999999999999 | 99999999999999999999 99999999999999999999 99999999999999999999
            """)
    void givesEachSampleASeedOfItsOwn(String seed, String seeds) {
        fields = Map.of("seed", new RawJson(seed));
        ScriptedUpstream upstream = ScriptedUpstream.answering("It is 1.", "It is 2.", "It is 3.");

        run(3, upstream);

        assertThat(upstream.requests())
                .extracting(request -> String.valueOf(request.fields().get("seed")))
                .containsExactly(seeds.split(" ", -1));
    }

    @Test
    void usesTheConfiguredWords() {
        notes = new VoteNotes("{number}. Versuch", "Entschieden.", "Abgebrochen.");

        run(3, ScriptedUpstream.answering("It is 2.", "It is 2.", "It is 3."));

        assertThat(out.titles()).first().isEqualTo("1. Versuch");
        assertThat(out.step(3)).isEqualTo("Entschieden.");
    }

    /** Another call would be cut off, too. */
    @Test
    void endsWithoutAnAnswerIfAllSamplesAreCutOffBeforeIt() {
        Reply truncated = Reply.of(new Delta.Reasoning("Hm")).withFinishReason(FinishReason.LENGTH);
        budget = new Budget(3, 50_000, Duration.ofMinutes(5), 6);

        assertThat(run(3, ScriptedUpstream.answering(truncated, truncated, truncated)))
                .isEqualTo(FinishReason.LENGTH);

        assertThat(out.answer()).isEmpty();
        assertThat(ledger.calls()).isEqualTo(3);
    }

    @Test
    void countsTheWinnersReasoningWithoutAnOpeningTagAsReasoning() {
        String reply = "First I think about it, and for long.</think>It is 2.";
        run(2, ScriptedUpstream.answering(Reply.of(new Delta.Text(reply)), Reply.of(new Delta.Text(reply))));

        assertThat(out.answer()).isEqualTo("It is 2.");
        assertThat(ledger.answerUsage().reasoningTokens()).isPositive();
        assertThat(ledger.answerUsage().reasoningTokens())
                .isLessThan(ledger.answerUsage().outputTokens());
    }
}
