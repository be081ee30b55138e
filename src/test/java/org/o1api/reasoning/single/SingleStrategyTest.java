package org.o1api.reasoning.single;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.model.Budget;
import org.o1api.model.CallRecord;
import org.o1api.model.Delta;
import org.o1api.model.Effort;
import org.o1api.model.EndedBy;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.TurnEvent;
import org.o1api.model.Usage;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.ScriptedUpstream;
import org.o1api.reasoning.ScriptedUpstream.Reply;
import org.o1api.reasoning.TokenCounter;
import org.o1api.reasoning.Transcript;
import org.o1api.reasoning.closing.ClosingCall;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.UpstreamException;

class SingleStrategyTest {
    private static final String REASONED = "=== Step: Add\n2+2 is 4.\n=== Answer\n";

    private final SingleFixture turn = new SingleFixture();

    @Test
    void showsEachStepAndThenTheAnswerFromOneCall() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(SingleFixture.reply(
                "=== Step: Add\n2+2", " is 4.\n=== Step: Check\nYes.", "\n=== Answer\nFour", ".\nAnswer: 4"));

        assertThat(turn.run(upstream)).isEqualTo(FinishReason.STOP);
        assertThat(turn.out.events().stream().filter(event -> !event.equals("flush")))
                .containsExactly(
                        "accepted",
                        "step 1",
                        "title 1: Add",
                        "text 1: 2+2",
                        "text 1:  is 4.",
                        "end 1",
                        "step 2",
                        "title 2: Check",
                        "text 2: Yes.",
                        "end 2",
                        "answer: Four",
                        "answer: .");
        assertThat(turn.endedBy()).isEqualTo(EndedBy.ANSWERED);
    }

    @Test
    void sendsTheFormatMergedWithTheCallersInstructions() {
        turn.messages = List.of(Message.system("Be brief."), Message.user("Why?"));
        turn.fields = Map.of("seed", new RawJson("7"));
        turn.maxTokens = new Prompt.MaxTokens("max_completion_tokens", 1000);
        ScriptedUpstream upstream = ScriptedUpstream.answering(REASONED + "Four.");
        turn.run(upstream);

        CallRequest request = upstream.requests().get(0);
        assertThat(request.messages()).hasSize(2);
        assertThat(SingleFixture.text(request, 0)).isEqualTo("FORMAT === Answer\n\nBe brief.");
        assertThat(request.fields())
                .containsEntry("seed", new RawJson("7"))
                .containsEntry("temperature", new RawJson("0.2"))
                .containsEntry("max_completion_tokens", new RawJson("1000"));
    }

    @Test
    void keepsTheCallersTemperature() {
        turn.fields = Map.of("temperature", new RawJson("1"));
        ScriptedUpstream upstream = ScriptedUpstream.answering("Four.");
        turn.run(upstream);
        assertThat(upstream.requests().get(0).fields()).isEqualTo(turn.fields);
    }

    @Test
    void answersWithTheWholeTextOfAModelThatIgnoresTheFormat() {
        turn.run(ScriptedUpstream.answering("It is 4."));
        assertThat(turn.out.step(1)).isEqualTo("It is 4.");
        assertThat(turn.out.answer()).isEqualTo("It is 4.");
        assertThat(turn.calls().ledger().records().get(0).purpose()).isEqualTo(CallRecord.Purpose.ANSWER);
    }

    @Test
    void showsTheModelsOwnReasoningAsTheFirstStep() {
        turn.run(ScriptedUpstream.answering(
                Reply.of(new Delta.Reasoning("hm"), new Delta.Text("It is "), new Delta.Text("4."))));
        assertThat(turn.out.step(1)).isEqualTo("hm");
        assertThat(turn.out.events()).contains("answer: It is", "answer:  4.");
    }

    @Test
    void countsWhatIsNotTheAnswerAsReasoning() {
        Reply reply = SingleFixture.reply(REASONED, "Four.").withUsage(new Usage(10, 0, 50, 0));
        turn.run(ScriptedUpstream.answering(reply));
        assertThat(turn.usage()).isEqualTo(new Usage(10, 0, 50, TokenCounter.count(REASONED)));
    }

    @Test
    void addsTheStepsToTheReasoningThatTheProviderCounts() {
        Reply reply = Reply.of(new Delta.Reasoning("hm"), new Delta.Text(REASONED + "Four."))
                .withUsage(new Usage(10, 0, 50, 5));
        turn.run(ScriptedUpstream.answering(reply));
        assertThat(turn.usage()).isEqualTo(new Usage(10, 0, 50, 5 + TokenCounter.count(REASONED)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            response_format | {"type":"json_object"}
            stop            | ["END"]
            logit_bias      | {"5": 1}
            guided_choice   | ["a"]
            prediction      | {"type":"content","content":"x"}
            """)
    void sendsWhatConstrainsTheAnswerWithAClosingCallOnly(String field, String value) {
        turn.closingFields = Map.of(field, new RawJson(value), "verbosity", new RawJson("\"low\""));
        ScriptedUpstream upstream = ScriptedUpstream.answering(REASONED + "Four.\nAnswer: 4", "{\"a\":4}");
        turn.run(upstream);

        assertThat(turn.out.answer()).isEqualTo("{\"a\":4}");
        assertThat(turn.out.step(1)).isEqualTo("2+2 is 4.\n\nFour.");
        assertThat(upstream.requests()).hasSize(2);
        assertThat(upstream.requests().get(0).fields()).doesNotContainKey(field).containsKey("verbosity");
        CallRequest closing = upstream.requests().get(1);
        assertThat(closing.fields()).containsEntry(field, new RawJson(value));
        assertThat(closing.messages()).hasSize(3);
        assertThat(SingleFixture.text(closing, 1)).isEqualTo(REASONED + "Four.\nAnswer: 4");
        assertThat(SingleFixture.text(closing, 2)).isEqualTo("CLOSE");
    }

    @Test
    void givesHalfOfTheTokensToTheCallBeforeTheClosingCall() {
        turn.closingFields = Map.of("stop", new RawJson("\"x\""));
        turn.maxTokens = new Prompt.MaxTokens("max_tokens", 1000);
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                SingleFixture.reply(REASONED + "Four.").withUsage(new Usage(10, 0, 50, 0)), SingleFixture.reply("4"));
        turn.run(upstream);
        assertThat(upstream.requests())
                .extracting(request -> request.fields().get("max_tokens"))
                .containsExactly(new RawJson("500"), new RawJson("950"));
    }

    @Test
    void callsToolsFromTheOnlyCall() {
        turn.tools = SingleFixture.TOOLS;
        turn.closingFields = Map.of("tool_choice", new RawJson("\"auto\""));
        Reply call = Reply.of(new Delta.Text("=== Step: Look\nx"), new Delta.ToolCall(0, "call_1", "f", "{}"))
                .withFinishReason(FinishReason.TOOL_CALLS);
        ScriptedUpstream upstream = ScriptedUpstream.answering(call);

        assertThat(turn.run(upstream)).isEqualTo(FinishReason.TOOL_CALLS);
        assertThat(turn.out.step(1)).isEqualTo("x");
        assertThat(turn.out.toolCalls()).hasSize(1);
        assertThat(upstream.requests().get(0).fields())
                .containsEntry("tools", SingleFixture.TOOLS)
                .containsEntry("tool_choice", new RawJson("\"auto\""));
        assertThat(SingleFixture.text(upstream.requests().get(0), 0))
                .endsWith("call it instead of writing the answer.");
    }

    @Test
    void aToolCallIsTheAnswerEvenIfTheAnswerMustBeJson() {
        turn.tools = SingleFixture.TOOLS;
        turn.closingFields = Map.of("response_format", SingleFixture.JSON);
        Reply call = Reply.of(new Delta.ToolCall(0, "call_1", "f", "{}")).withFinishReason(FinishReason.TOOL_CALLS);
        assertThat(turn.run(ScriptedUpstream.answering(call))).isEqualTo(FinishReason.TOOL_CALLS);
        assertThat(turn.calls().usedCalls()).isOne();
    }

    @Test
    void aRequiredToolIsCalledByTheClosingCall() {
        turn.tools = SingleFixture.TOOLS;
        turn.closingFields = Map.of("tool_choice", new RawJson("\"required\""));
        Reply call = Reply.of(new Delta.ToolCall(0, "call_1", "f", "{}")).withFinishReason(FinishReason.TOOL_CALLS);
        ScriptedUpstream upstream = ScriptedUpstream.answering(SingleFixture.reply(REASONED + "x"), call);
        assertThat(turn.run(upstream)).isEqualTo(FinishReason.TOOL_CALLS);
        assertThat(upstream.requests())
                .extracting(request -> request.fields().get("tool_choice"))
                .containsExactly(new RawJson("\"none\""), new RawJson("\"required\""));
    }

    @Test
    void retriesAReplyThatBrokeOffBeforeTheAnswer() {
        Reply broken = SingleFixture.reply("=== Step: Add\n2+").brokenOff(true);
        turn.run(ScriptedUpstream.answering(broken, SingleFixture.reply(REASONED + "Four.")));
        assertThat(turn.out.events()).contains("text 1: \n\n*It broke. RETRY*");
        assertThat(turn.out.step(1)).isEqualTo("2+2 is 4.");
        assertThat(turn.out.answer()).isEqualTo("Four.");
    }

    @Test
    void failsIfTheReplyBreaksOffInTheAnswer() {
        Reply broken = SingleFixture.reply(REASONED + "Fou").brokenOff(true);
        assertThatThrownBy(() -> turn.run(ScriptedUpstream.answering(broken))).hasMessage("It broke.");
        assertThat(turn.out.answer()).isEqualTo("Fou");
    }

    @Test
    void failsAfterThreeEmptyReplies() {
        Reply empty = SingleFixture.reply("");
        assertThatThrownBy(() -> turn.run(ScriptedUpstream.answering(empty, empty, empty)))
                .isInstanceOf(UpstreamException.class)
                .hasMessageContaining("empty reply");
    }

    @Test
    void aFailureWithoutAReplyIsTheCallers() {
        UpstreamException failure = new UpstreamException(ErrorCode.UPSTREAM_FAILED, "Too long.", false, null);
        assertThatThrownBy(() -> turn.run(ScriptedUpstream.answering(Reply.of().withFailure(failure))))
                .isSameAs(failure);
    }

    @Test
    void aTruncatedAnswerStaysTruncated() {
        Reply cut = SingleFixture.reply(REASONED + "Fou").withFinishReason(FinishReason.LENGTH);
        assertThat(turn.run(ScriptedUpstream.answering(cut))).isEqualTo(FinishReason.LENGTH);
        assertThat(turn.out.answer()).isEqualTo("Fou");
        assertThat(turn.endedBy()).isEqualTo(EndedBy.ANSWERED);
    }

    @Test
    void answersFromReasoningThatWasTruncatedIfTokensAreLeft() {
        turn.maxTokens = new Prompt.MaxTokens("max_tokens", 1000);
        Reply cut = SingleFixture.reply("=== Step: Add\n2+2")
                .withFinishReason(FinishReason.LENGTH)
                .withUsage(new Usage(10, 0, 300, 0));
        ScriptedUpstream upstream =
                ScriptedUpstream.answering(cut, SingleFixture.reply("Four.").withUsage(new Usage(20, 0, 7, 0)));
        assertThat(turn.run(upstream)).isEqualTo(FinishReason.STOP);
        assertThat(turn.out.answer()).isEqualTo("Four.");
        assertThat(upstream.requests().get(1).fields()).containsEntry("max_tokens", new RawJson("700"));
        assertThat(turn.endedBy()).isEqualTo(EndedBy.MAX_TOKENS);
        assertThat(turn.usage()).isEqualTo(new Usage(10, 0, 307, 300));
    }

    @Test
    void endsWithoutAnAnswerIfReasoningHasUsedAllTokens() {
        turn.maxTokens = new Prompt.MaxTokens("max_tokens", 1000);
        Reply cut = SingleFixture.reply("=== Step: Add\n2+2")
                .withFinishReason(FinishReason.LENGTH)
                .withUsage(new Usage(10, 0, 1000, 0));
        assertThat(turn.run(ScriptedUpstream.answering(cut))).isEqualTo(FinishReason.LENGTH);
        assertThat(turn.out.answer()).isEmpty();
    }

    @Test
    void answersDirectlyWithFewTokens() {
        turn.maxTokens = new Prompt.MaxTokens("max_tokens", 255);
        ScriptedUpstream upstream = ScriptedUpstream.answering("Four.");
        turn.run(upstream);
        assertThat(turn.out.answer()).isEqualTo("Four.");
        assertThat(turn.out.steps()).isZero();
        assertThat(upstream.requests().get(0).messages()).isEqualTo(turn.messages);
    }

    @Test
    void answersDirectlyIfTheBudgetHasNoClosingCall() {
        turn.budget = new Budget(1, 50_000, Duration.ofMinutes(5), 6);
        turn.closingFields = Map.of("response_format", SingleFixture.JSON);
        ScriptedUpstream upstream = ScriptedUpstream.answering("{}");
        turn.run(upstream);
        assertThat(upstream.requests().get(0).fields()).containsKey("response_format");
        assertThat(turn.out.answer()).isEqualTo("{}");
    }

    @Test
    void endsReasoningThatRepeatsItself() {
        String loop = "and so on, and so forth, ".repeat(200);
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                SingleFixture.reply("=== Step: A\n", loop, "late"), SingleFixture.reply("Four."));
        turn.run(upstream);
        assertThat(turn.out.step(1)).endsWith("\n\n*LOOP*").doesNotContain("late");
        assertThat(turn.out.answer()).isEqualTo("Four.");
        assertThat(SingleFixture.text(upstream.requests().get(1), 1)).hasSizeLessThan(100);
        assertThat(turn.endedBy()).isEqualTo(EndedBy.LOOP);
    }

    @Test
    void answersWithTheRestOfTheTimeIfThatForReasoningIsUsedUp() {
        turn.out = new Transcript(() -> turn.calls().expireReasoning());
        ScriptedUpstream upstream =
                ScriptedUpstream.answering(SingleFixture.reply("=== Step: A\nx", "y"), SingleFixture.reply("Four."));
        assertThat(turn.run(upstream)).isEqualTo(FinishReason.STOP);
        assertThat(turn.out.answer()).isEqualTo("Four.");
        assertThat(turn.endedBy()).isEqualTo(EndedBy.BUDGET_TIME);
    }

    /** The answer's call may exceed the budget: otherwise there would be none. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void answersWithTheRestOfTheTimeWhateverTheBudgetOfCalls(int budget) {
        turn.budget = new Budget(budget, 50_000, Duration.ofMinutes(5), 6);
        answersWithTheRestOfTheTimeIfThatForReasoningIsUsedUp();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            stop            | ["x"]                  | Four.   | Four.
            response_format | {"type":"json_object"} | {"a":4} | {"a":4}
            response_format | {"type":"json_object"} | Four.   |
            guided_regex    | "[0-9]"                | Four.   |
            """)
    void answersWithItsDraftIfTheClosingCallFails(String field, String json, String draft, @Nullable String answer) {
        turn.closingFields = Map.of(field, new RawJson(json));
        UpstreamException failure = new UpstreamException(ErrorCode.UPSTREAM_FAILED, "It failed.", false, null);
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                SingleFixture.reply(REASONED + draft), Reply.of().withFailure(failure));
        if (answer == null) {
            assertThatThrownBy(() -> turn.run(upstream)).isSameAs(failure);
        } else {
            assertThat(turn.run(upstream)).isEqualTo(FinishReason.STOP);
            assertThat(turn.out.answer()).isEqualTo(answer);
        }
    }

    /** A refusal of a reasoning call is not why the model stopped. */
    @ParameterizedTest
    @CsvSource({
        "false, true, MAX_TOKENS",
        "false, false, ANSWERED",
        "true, true, BUDGET_TIME",
        "true, false, BUDGET_TIME"
    })
    void namesTheLimitThatEndedTheAnswer(boolean expired, boolean limited, EndedBy limit) {
        turn.maxTokens = limited ? new Prompt.MaxTokens("max_tokens", 1000) : null;
        turn.budget = new Budget(1, 50_000, Duration.ofMinutes(5), 6);
        turn.run(ScriptedUpstream.answering("Four."));
        assertThat(turn.calls().hasBudgetForStep()).isFalse();
        assertThat(turn.calls().exhausted()).isEqualTo(EndedBy.BUDGET_CALLS);
        if (expired) {
            turn.calls().expireTurn();
        }
        assertThat(ClosingCall.endedBy(FinishReason.LENGTH, turn.context())).isEqualTo(limit);
        assertThat(ClosingCall.endedBy(FinishReason.STOP, turn.context())).isEqualTo(EndedBy.ANSWERED);
    }

    @Test
    void anAnswerThatHasStartedHasTheWholeTime() {
        turn.out = new Transcript() {
            @Override
            public void write(TurnEvent event) {
                super.write(event);
                if (event instanceof TurnEvent.AnswerText) {
                    turn.calls().expireReasoning();
                }
            }
        };
        ScriptedUpstream upstream = ScriptedUpstream.answering(SingleFixture.reply(REASONED, "Four", "."));
        assertThat(turn.run(upstream)).isEqualTo(FinishReason.STOP);
        assertThat(turn.out.answer()).isEqualTo("Four.");
    }

    @Test
    void asksToContinueAfterAnAnswerInTheHistory() {
        turn.messages = List.of(Message.user("Why?"), Message.assistant("Because"));
        ScriptedUpstream upstream = ScriptedUpstream.answering("Four.");
        turn.run(upstream);
        assertThat(SingleFixture.text(upstream.requests().get(0), 3)).isEqualTo("Continue.");
    }

    @ParameterizedTest
    @EnumSource(Effort.class)
    void isDirectWithoutEffortAndStaysSingleOtherwise(Effort effort) {
        assertThat(turn.strategy.withEffort(effort).name()).isEqualTo(effort == Effort.NONE ? "direct" : "single");
    }
}
