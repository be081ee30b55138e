package org.o1api.reasoning.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.o1api.reasoning.steps.StepsFixture.concluding;
import static org.o1api.reasoning.steps.StepsFixture.continuing;
import static org.o1api.reasoning.steps.StepsFixture.messages;
import static org.o1api.reasoning.steps.StepsFixture.prompt;
import static org.o1api.reasoning.steps.StepsFixture.reply;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.model.Budget;
import org.o1api.model.Delta;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Usage;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.ScriptedUpstream;
import org.o1api.reasoning.ScriptedUpstream.Reply;
import org.o1api.upstream.UpstreamException;

/**
 * The caller requires JSON or a tool call and the model continues with steps or text: the call is repeated with plain steps.
 */
class RequiredFormatTest {
    private static final String JSON = "{\"type\":\"json_object\"}";
    private static final String SCHEMA =
            "{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"schema\":{\"properties\":{\"n\":{\"type\":\"number\"}}}}}";
    private static final String OUR_SCHEMA =
            SCHEMA.replace("\"n\":{\"type\":\"number\"}", "\"title\":{},\"content\":{}");
    private static final String STEP = concluding("It is 9.");
    private static final Delta.ToolCall CALL = new Delta.ToolCall(0, "call_1", "f", "{}");

    private final StepsFixture turn = new StepsFixture();

    private static StepsPrompt requiring(String field, String value) {
        return prompt(
                new Steps(2, 25), Map.of(field, new RawJson(value)), Message.system("Be brief."), Message.user("Why?"));
    }

    private static ScriptedUpstream afterTwoSteps(Reply... answers) {
        Reply[] all = new Reply[answers.length + 2];
        all[0] = reply(continuing("a"));
        all[1] = reply(concluding("b"));
        System.arraycopy(answers, 0, all, 2, answers.length);
        return ScriptedUpstream.answering(all);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void usesTheFirstReplyIfTheSecondCallFails(boolean duringTheReply) {
        UpstreamException failure = new UpstreamException(ErrorCode.UPSTREAM_REFUSED, "Not so.", false, null);
        Reply second = duringTheReply
                ? Reply.of(new Delta.Text(" ")).withFailure(failure)
                : Reply.of().withFailure(failure);
        ScriptedUpstream upstream = afterTwoSteps(reply("It is nice."), second);
        FinishReason reason = turn.run(upstream, requiring("tool_choice", "\"required\""));
        assertThat(reason).isEqualTo(FinishReason.STOP);
        assertThat(turn.out.answer()).isEqualTo("It is nice.");
        assertThat(upstream.unusedReplies()).isZero();
    }

    private static void assertAskedWithPlainSteps(ScriptedUpstream upstream, String prompt) {
        assertThat(messages(upstream.requests().get(3)))
                .containsExactly("system: Be brief.", "user: Why?", "assistant: T\na\n\nT\nb", "user: " + prompt);
        assertThat(upstream.requests().get(3).fields())
                .isEqualTo(upstream.requests().get(2).fields());
    }

    @ParameterizedTest
    @ValueSource(strings = {JSON, SCHEMA})
    void repeatsTheCallForAStepInsteadOfJson(String format) {
        for (String step : List.of(
                STEP,
                "```json\n" + STEP + "\n```",
                STEP + STEP,
                "[" + STEP + "]",
                "{\"title\":\"T\",\"content\":\"{\\\"x\\\":1} and {y}\",\"next_action\":\"continue\"}",
                "{\"title\":\"T\",\"content\":\"[1] or [2]\",\"next_action\":\"continue\"}",
                "{\"title\":\"T\",\"content\":\"c\",\"next_action\":\"final_answer\"}")) {
            StepsFixture separateTurn = new StepsFixture();
            ScriptedUpstream upstream = afterTwoSteps(reply(step), reply("{\"n\": 9}"));
            separateTurn.run(upstream, requiring("response_format", format));
            assertThat(separateTurn.out.answer()).as(step).isEqualTo("{\"n\": 9}");
            assertAskedWithPlainSteps(upstream, "ANSWER");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"title":"T","content":{"n": 9},"next_action":"final_answer"}          | {"n": 9}
            {"title":"T","content":"{\\"n\\": 9}","next_action":"final_answer"}    | {"n": 9}
            {"title":"T","content":[1, 2],"next_action":"final_answer"} and so     | [1, 2]
            {"title":"T","content":"[]","next_action":"final_answer"}              | []
            {"title":"T","content":{},"next_action":"final_answer"}                | {}
            {"title":"T","content":"```json\\n[{}]\\n```","next_action":"continue"} | [{}]
            """)
    void usesJsonInsideAStepAsTheAnswer(String step, String answer) {
        ScriptedUpstream upstream = afterTwoSteps(reply(step));
        turn.run(upstream, requiring("response_format", JSON));
        assertThat(turn.out.answer()).isEqualTo(answer);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"n": 9}
            {"title":"T","n": 9}
            {"title":"T"}
            []
            [{"n": 9}]
            No JSON.
            """)
    void passesOtherAnswersUnchanged(String answer) {
        turn.run(afterTwoSteps(reply(answer)), requiring("response_format", JSON));
        assertThat(turn.out.answer()).isEqualTo(answer);
    }

    @Test
    void passesAnObjectThatTheSchemaAsksFor() {
        String post = "{\"title\":\"T\",\"content\":\"c\"}";
        turn.run(afterTwoSteps(reply(post)), requiring("response_format", OUR_SCHEMA));
        assertThat(turn.out.answer()).isEqualTo(post);
    }

    /** A discarded call does not reduce the answer's limit or usage. */
    @Test
    void doesNotCountADiscardedReplyAgainstTheAnswer() {
        StepsPrompt limited = new StepsPrompt(
                List.of(Message.user("Why?")),
                Map.of(),
                null,
                Map.of("response_format", new RawJson(JSON)),
                new Prompt.MaxTokens("max_tokens", 1000),
                new Steps(1, 25));
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                reply(STEP).withUsage(new Usage(9, 0, 50, 0)),
                reply(STEP).withUsage(new Usage(9, 0, 300, 0)),
                reply("{}").withUsage(new Usage(9, 0, 5, 0)));
        turn.run(upstream, limited);
        assertThat(upstream.requests())
                .extracting(request -> request.fields().get("max_tokens"))
                .endsWith(new RawJson("950"), new RawJson("950"));
        assertThat(turn.ledger().answerUsage().outputTokens()).isEqualTo(55);
        assertThat(turn.ledger().totalUsage().outputTokens()).isEqualTo(355);
    }

    @Test
    void doesNotRepeatTheCallWithoutBudget() {
        turn.budget = new Budget(2, 1000, Duration.ofMinutes(1), 0);
        ScriptedUpstream upstream = ScriptedUpstream.answering(reply(concluding("a")), reply(STEP));
        turn.run(upstream, requiring("response_format", JSON));
        assertThat(turn.out.answer()).isEqualTo(STEP);
        assertThat(turn.calls()).isEqualTo(2);
    }

    @Test
    void passesTheSecondStep() {
        turn.run(afterTwoSteps(reply(STEP), reply(STEP)), requiring("response_format", JSON));
        assertThat(turn.out.answer()).isEqualTo(STEP);
    }

    @Test
    void passesATruncatedStep() {
        Reply truncated = reply("{\"title\":\"T\",\"content\":\"c\",\"next_action\":\"x\"")
                .withFinishReason(FinishReason.LENGTH);
        assertThat(turn.run(afterTwoSteps(truncated), requiring("response_format", JSON)))
                .isEqualTo(FinishReason.LENGTH);
        assertThat(turn.out.answer()).startsWith("{\"title\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"required\"", "{\"type\":\"function\",\"function\":{\"name\":\"f\"}}"})
    void repeatsTheCallForTextInsteadOfAToolCall(String choice) {
        for (String text : List.of("I would call f.", STEP, "f(" + "x".repeat(1000) + ")")) {
            StepsFixture separateTurn = new StepsFixture();
            ScriptedUpstream upstream = afterTwoSteps(
                    Reply.of(new Delta.Reasoning("Hm."), new Delta.Text(text)),
                    Reply.of(CALL).withFinishReason(FinishReason.TOOL_CALLS));
            assertThat(separateTurn.run(upstream, requiring("tool_choice", choice)))
                    .isEqualTo(FinishReason.TOOL_CALLS);
            assertThat(separateTurn.out.toolCalls()).containsExactly(CALL);
            assertThat(separateTurn.out.answer()).isEmpty();
            assertAskedWithPlainSteps(upstream, "ANSWER Or call a tool if you need one for it.");
        }
    }

    @Test
    void passesTheContentOfTheSecondStep() {
        turn.run(afterTwoSteps(reply("I would call f."), reply(STEP)), requiring("tool_choice", "\"required\""));
        assertThat(turn.out.answer()).isEqualTo("It is 9.");
    }

    @Test
    void showsTextBeforeAToolCall() {
        ScriptedUpstream upstream = afterTwoSteps(Reply.of(new Delta.Text("I call "), new Delta.Text("f."), CALL)
                .withFinishReason(FinishReason.TOOL_CALLS));
        turn.run(upstream, requiring("tool_choice", "\"required\""));
        assertThat(turn.out.answer()).isEqualTo("I call f.");
        assertThat(turn.out.toolCalls()).containsExactly(CALL);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"auto\"",
                "\"none\"",
                "{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"auto\",\"tools\":[]}}"
            })
    void acceptsTextIfNoToolCallIsRequired(String choice) {
        turn.run(afterTwoSteps(reply("Because.")), requiring("tool_choice", choice));
        assertThat(turn.out.answer()).isEqualTo("Because.");
    }

    @Test
    void acceptsARefusal() {
        turn.run(afterTwoSteps(Reply.of(new Delta.Refusal("No."))), requiring("tool_choice", "\"required\""));
        assertThat(turn.out.events()).contains("refusal: No.");
    }

    @Test
    void showsALongTextWithoutAToolCall() {
        String text = "word ".repeat(10_000);
        ScriptedUpstream upstream = afterTwoSteps(Reply.of(new Delta.Text(text), new Delta.Text("end")));
        turn.run(upstream, requiring("tool_choice", "\"required\""));
        assertThat(turn.out.answer()).isEqualTo(text + "end");
    }
}
