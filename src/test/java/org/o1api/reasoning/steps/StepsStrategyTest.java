package org.o1api.reasoning.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.json.MessageJson;
import org.o1api.model.Budget;
import org.o1api.model.Cancellation;
import org.o1api.model.CancelledException;
import org.o1api.model.Content;
import org.o1api.model.Delta;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;
import org.o1api.model.Usage;
import org.o1api.reasoning.ModelCalls;
import org.o1api.reasoning.Prompt.MaxTokens;
import org.o1api.reasoning.ScriptedUpstream;
import org.o1api.reasoning.ScriptedUpstream.Reply;
import org.o1api.reasoning.TestPresets;
import org.o1api.reasoning.Transcript;
import org.o1api.reasoning.TurnContext;
import org.o1api.reasoning.TurnLog;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.UpstreamException;
import org.o1api.upstream.demo.DemoUpstream;

class StepsStrategyTest {
    private static final StepPrompts PROMPTS = new StepPrompts("STEP", "NEXT", "CHECK", "ANSWER");
    private static final String GO_ON = "{\"title\": \"T\", \"content\": \"C\", \"next_action\": \"continue\"}";
    private static final String AGAIN = GO_ON.replace("C", "B");
    private static final String DONE = "{\"title\": \"T\", \"content\": \"D\", \"next_action\": \"final_answer\"}";
    private static final RawJson TOOLS = new RawJson("[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]");
    private static final Delta.ToolCall TOOL_CALL = new Delta.ToolCall(0, "call_1", "f", "{}");

    private final Transcript out = new Transcript();
    private final Cancellation cancellation = new Cancellation();

    private FinishReason run(ScriptedUpstream upstream, StepsPrompt prompt) {
        return run(upstream, prompt, Budget.DEFAULT);
    }

    private FinishReason run(ScriptedUpstream upstream, StepsPrompt prompt, Budget budget) {
        ModelCalls calls = new ModelCalls(upstream, ScriptedUpstream.TURN, cancellation, budget, out);
        FinishReason reason = run(prompt, calls, out);
        assertThat(upstream.openCalls()).isZero();
        return reason;
    }

    private static FinishReason run(StepsPrompt prompt, ModelCalls calls, Transcript out) {
        StepsStrategy strategy = prompt.strategy(PROMPTS, Notes.DEFAULT);
        return strategy.run(new TurnContext(prompt.prompt(), TestPresets.preset(strategy), calls, new TurnLog(out)));
    }

    private static StepsPrompt prompt(int min, int max, Message... messages) {
        return new StepsPrompt(List.of(messages), Map.of(), null, Map.of(), null, new Steps(min, max));
    }

    private static StepsPrompt prompt(int min, int max) {
        return prompt(min, max, Message.user("Why?"));
    }

    private static StepsPrompt promptWithTools() {
        return new StepsPrompt(
                List.of(Message.user("Why?")),
                Map.of("seed", new RawJson("7")),
                TOOLS,
                Map.of("tool_choice", new RawJson("\"required\""), "stop", new RawJson("\"END\"")),
                null,
                new Steps(1, 25));
    }

    private static StepsPrompt promptWithLimit(long limit) {
        return new StepsPrompt(
                List.of(Message.user("Why?")),
                Map.of(),
                null,
                Map.of(),
                new MaxTokens("max_tokens", limit),
                new Steps(3, 25));
    }

    /** The messages of a request, such as {@code "user: Why?"}. */
    private static List<String> messages(CallRequest request) {
        return request.messages().stream()
                .map(message -> message.role().wireName() + ": " + text(message.content()))
                .toList();
    }

    private static String text(@Nullable Content content) {
        return content instanceof Content.Text text ? text.text() : String.valueOf(content);
    }

    private static String done(String content) {
        return DONE.replace("D", content);
    }

    private static Reply step(String text, long outputTokens) {
        return Reply.of(new Delta.Text(text)).withUsage(new Usage(10, 0, outputTokens, 0));
    }

    @Test
    void reasonsInStepsAndThenAnswers() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(GO_ON, AGAIN, DONE, "Because.");
        assertThat(run(upstream, prompt(3, 25))).isEqualTo(FinishReason.STOP);
        out.events().removeIf("flush"::equals);
        assertThat(out.events())
                .containsExactly(
                        "accepted",
                        "step 1",
                        "title 1: T",
                        "text 1: C",
                        "end 1",
                        "step 2",
                        "title 2: T",
                        "text 2: B",
                        "end 2",
                        "step 3",
                        "title 3: T",
                        "text 3: D",
                        "end 3",
                        "answer: Because.");
        assertThat(messages(upstream.requests().get(3)))
                .containsExactly(
                        "system: STEP",
                        "user: Why?",
                        "assistant: " + GO_ON,
                        "user: NEXT",
                        "assistant: " + AGAIN,
                        "user: NEXT",
                        "assistant: " + DONE,
                        "user: ANSWER");
    }

    @Test
    void onlyAppendsToTheMessages() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                "```json\n" + GO_ON + "\n```",
                DONE,
                "prose \ud83d\ude00 alone",
                done("E"),
                AGAIN,
                done("F"),
                "Because.");
        run(upstream, prompt(6, 25));
        List<CallRequest> requests = upstream.requests();
        assertThat(requests).hasSize(7);
        for (int i = 1; i < requests.size(); i++) {
            List<Message> before = requests.get(i - 1).messages();
            assertThat(requests.get(i).messages()).startsWith(before.toArray(Message[]::new));
            assertThat(requests.get(i).messages()).hasSize(before.size() + 2);
        }
        assertThat(requests.get(6).messages().get(2)).isEqualTo(Message.assistant("```json\n" + GO_ON + "\n```"));
    }

    @Test
    void showsTextBeforeTheReplyIsComplete() {
        List<String> events = out.events();
        Reply slow = Reply.of(
                new Delta.Text("{\"content\": \"First"),
                new Delta.Text(" second"),
                new Delta.Text("\", \"title\": 1}"));
        ScriptedUpstream upstream =
                ScriptedUpstream.withJournal(events, slow, Reply.of(new Delta.Text("Be"), new Delta.Text("cause.")));
        run(upstream, prompt(1, 1));
        assertThat(events)
                .containsSubsequence(
                        "pull",
                        "step 1",
                        "text 1: First",
                        "flush",
                        "pull",
                        "text 1:  second",
                        "flush",
                        "pull",
                        "title 1: 1",
                        "end 1",
                        "open",
                        "pull",
                        "answer: Be",
                        "flush",
                        "pull",
                        "answer: cause.");
        assertThat(events.indexOf("text 1: First")).isLessThan(events.lastIndexOf("pull"));
    }

    @Test
    void asksTheModelToCheckItselfBeforeTheMinimum() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(DONE, done("E"), done("F"), "Because.");
        run(upstream, prompt(3, 25));
        assertThat(messages(upstream.requests().get(3)))
                .containsSubsequence("user: CHECK", "user: CHECK", "user: ANSWER");
        assertThat(out.steps()).isEqualTo(3);
    }

    @Test
    void stopsAtTheMaximumOfSteps() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(GO_ON, AGAIN, "Because.");
        run(upstream, prompt(1, 2));
        assertThat(out.steps()).isEqualTo(2);
        assertThat(out.answer()).isEqualTo("Because.");
    }

    @Test
    void continuesWithoutANextAction() {
        ScriptedUpstream upstream =
                ScriptedUpstream.answering("{\"content\": 1}", "{\"content\": 2}", DONE, "Because.");
        run(upstream, prompt(1, 25));
        assertThat(out.steps()).isEqualTo(3);
    }

    @Test
    void endsTheReasoningAfterTwoMalformedSteps() {
        ScriptedUpstream upstream =
                ScriptedUpstream.answering("prose", GO_ON, "more prose", "{\"title\": \"cut", "Because.");
        run(upstream, prompt(3, 25));
        assertThat(out.step(1)).isEqualTo("prose");
        assertThat(out.titles()).containsExactly("T", "cut");
        assertThat(out.answer()).isEqualTo("Because.");
    }

    @Test
    void repeatsTheRequestAfterABlankReply() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(GO_ON, " \n", DONE, "Because.");
        run(upstream, prompt(1, 25));
        assertThat(upstream.requests().get(2).messages())
                .isEqualTo(upstream.requests().get(1).messages());
        assertThat(messages(upstream.requests().get(3)))
                .containsExactly(
                        "system: STEP",
                        "user: Why?",
                        "assistant: " + GO_ON,
                        "user: NEXT",
                        "assistant: " + DONE,
                        "user: ANSWER");
    }

    @Test
    void answersDirectlyWithoutAnyReasoning() {
        ScriptedUpstream upstream = ScriptedUpstream.answering("", "", "Because.");
        run(upstream, prompt(3, 25));
        assertThat(messages(upstream.requests().get(2))).containsExactly("user: Why?");
    }

    @Test
    void endsTheReasoningWhenTheBudgetIsUsedUp() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(GO_ON, AGAIN, "Because.");
        run(upstream, prompt(3, 25), new Budget(3, 1000, Duration.ofMinutes(1), 6));
        assertThat(out.steps()).isEqualTo(2);
        assertThat(out.answer()).isEqualTo("Because.");
    }

    @Test
    void mergesLeadingInstructionsIntoOneSystemMessage() {
        Content parts = new Content.Parts(
                new RawJson(
                        "[{\"type\":\"text\",\"text\":\"Be\"},{\"type\":\"x\",\"y\":null},{\"type\":\"text\",\"text\":\"kind.\"}]"));
        ScriptedUpstream upstream = ScriptedUpstream.answering(DONE, "Because.");
        Message later = Message.system("Now in verse.");
        run(
                upstream,
                prompt(
                        1,
                        25,
                        Message.system("Be brief."),
                        MessageJson.message(Role.DEVELOPER, parts, Map.of("name", new RawJson("\"x\""))),
                        Message.user("Why?"),
                        later));
        assertThat(messages(upstream.requests().get(0)))
                .containsExactly("system: STEP\n\nBe brief.\n\nBe\nkind.", "user: Why?", "system: Now in verse.");
    }

    @Test
    void sendsTheCallersOtherMessagesUnchanged() {
        Message image = MessageJson.message(
                Role.USER,
                new Content.Parts(new RawJson("[{\"type\":\"image_url\"}]")),
                Map.of("name", new RawJson("\"n\"")));
        Message calls = MessageJson.message(Role.ASSISTANT, null, Map.of("tool_calls", new RawJson("[]")));
        Message result = MessageJson.message(
                Role.TOOL, new Content.Text("42"), Map.of("tool_call_id", new RawJson("\"call_1\"")));
        ScriptedUpstream upstream = ScriptedUpstream.answering(DONE, "Because.");
        run(upstream, prompt(1, 25, image, calls, result));
        assertThat(upstream.requests().get(1).messages()).contains(image, calls, result);
    }

    @Test
    void asksForJsonInStepsAndForTextAtTheEnd() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(DONE, "Because.");
        run(upstream, prompt(1, 25));
        CallRequest step = upstream.requests().get(0);
        assertThat(step.model()).isEqualTo("m");
        assertThat(step.fields())
                .isEqualTo(Map.of(
                        "temperature",
                        new RawJson("0.2"),
                        "max_tokens",
                        new RawJson("4096"),
                        "response_format",
                        new RawJson("{\"type\":\"json_object\"}")));
        assertThat(step.removable()).containsExactlyInAnyOrder("temperature", "max_tokens", "response_format");
        assertThat(upstream.requests().get(1).fields()).isEqualTo(Map.of("temperature", new RawJson("0.2")));
        assertThat(upstream.requests().get(1).removable()).containsExactly("temperature");
    }

    @Test
    void sendsTheCallersTemperatureInsteadOfTheDefault() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(DONE, "Because.");
        run(
                upstream,
                new StepsPrompt(
                        List.of(Message.user("Why?")),
                        Map.of("temperature", new RawJson("1")),
                        null,
                        Map.of(),
                        null,
                        new Steps(1, 1)));
        for (CallRequest request : upstream.requests()) {
            assertThat(request.fields()).containsEntry("temperature", new RawJson("1"));
            assertThat(request.removable()).doesNotContain("temperature");
        }
    }

    @Test
    void sendsToolsInStepsAndAllowsCallsAtTheEnd() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                step(DONE, 1), Reply.of(TOOL_CALL, TOOL_CALL).withFinishReason(FinishReason.TOOL_CALLS));
        assertThat(run(upstream, promptWithTools())).isEqualTo(FinishReason.TOOL_CALLS);
        CallRequest step = upstream.requests().get(0);
        assertThat(step.fields())
                .containsEntry("tools", TOOLS)
                .containsEntry("tool_choice", new RawJson("\"none\""))
                .containsEntry("seed", new RawJson("7"))
                .doesNotContainKey("stop");
        assertThat(step.removable()).contains("tool_choice").doesNotContain("tools", "seed");
        assertThat(upstream.requests().get(1).fields())
                .containsEntry("tools", TOOLS)
                .containsEntry("tool_choice", new RawJson("\"required\""))
                .containsEntry("stop", new RawJson("\"END\""))
                .doesNotContainKey("response_format");
        assertThat(out.toolCalls()).containsExactly(TOOL_CALL, TOOL_CALL);
    }

    @Test
    void mentionsToolsInThePrompts() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                step(GO_ON, 1), step(DONE, 1), Reply.of(TOOL_CALL).withFinishReason(FinishReason.TOOL_CALLS));
        run(upstream, promptWithTools());
        List<CallRequest> requests = upstream.requests();
        assertThat(messages(requests.get(0)).get(0))
                .startsWith("system: STEP\n\nThe tools cannot be called in a step.");
        assertThat(messages(requests.get(2))).endsWith("user: ANSWER Or call a tool if you need one for it.");
        for (int i = 1; i < requests.size(); i++) {
            assertThat(requests.get(i).messages())
                    .startsWith(requests.get(i - 1).messages().toArray(Message[]::new));
        }
    }

    @Test
    void doesNotMentionToolsThatMustNotBeCalled() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(DONE, "Because.");
        Map<String, RawJson> none = Map.of("tool_choice", new RawJson("\"none\""));
        run(upstream, new StepsPrompt(List.of(Message.user("Why?")), Map.of(), TOOLS, none, null, new Steps(1, 25)));
        assertThat(messages(upstream.requests().get(1)))
                .containsExactly("system: STEP", "user: Why?", "assistant: " + DONE, "user: ANSWER");
    }

    @Test
    void endsTheReasoningWhenAStepCallsATool() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                step(GO_ON, 1),
                Reply.of(new Delta.Text("I call it."), TOOL_CALL),
                Reply.of(TOOL_CALL).withFinishReason(FinishReason.TOOL_CALLS));
        run(upstream, promptWithTools());
        assertThat(out.toolCalls()).containsExactly(TOOL_CALL);
        assertThat(out.step(2)).isEqualTo("I call it.");
        assertThat(messages(upstream.requests().get(2)))
                .endsWith(
                        "assistant: I call it.", "user: " + PROMPTS.withTools().answer());
    }

    @Test
    void allowsAToolCallWithoutReasoning() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                Reply.of(TOOL_CALL), Reply.of(TOOL_CALL).withFinishReason(FinishReason.TOOL_CALLS));
        run(upstream, promptWithTools());
        assertThat(out.steps()).isZero();
        assertThat(messages(upstream.requests().get(1))).containsExactly("user: Why?");
        assertThat(out.toolCalls()).containsExactly(TOOL_CALL);
    }

    @Test
    void sharesTheCallersLimitBetweenStepsAndAnswer() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                step(GO_ON, 30), step(AGAIN, 20), step("Because", 50).withFinishReason(FinishReason.LENGTH));
        assertThat(run(upstream, promptWithLimit(100))).isEqualTo(FinishReason.LENGTH);
        assertThat(upstream.requests())
                .extracting(request -> String.valueOf(request.fields().get("max_tokens")))
                .containsExactly("50", "20", "50");
        assertThat(upstream.requests().get(0).removable()).doesNotContain("max_tokens");
        assertThat(upstream.requests().get(2).removable()).doesNotContain("max_tokens");
    }

    @Test
    void leavesTheAnswerHalfOfTheLimit() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(step(GO_ON, 500), step("B", 1));
        run(upstream, promptWithLimit(100));
        assertThat(upstream.requests().get(1).fields()).containsEntry("max_tokens", new RawJson("50"));
    }

    @Test
    void makesNoStepIfTheLimitIsTooLow() {
        ScriptedUpstream upstream = ScriptedUpstream.answering("B");
        run(upstream, promptWithLimit(1));
        assertThat(messages(upstream.requests().get(0))).containsExactly("user: Why?");
        assertThat(upstream.requests().get(0).removable()).containsExactly("temperature");
    }

    @Test
    void countsTokensThatAreNotReported() {
        ScriptedUpstream upstream = ScriptedUpstream.answering("hello ".repeat(60), "Because.");
        run(upstream, promptWithLimit(100));
        assertThat(upstream.requests().get(1).fields()).containsEntry("max_tokens", new RawJson("50"));
    }

    @Test
    void answersDirectlyWithAMaximumOfZeroSteps() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(Reply.of(
                new Delta.Reasoning("Hm"),
                new Delta.Text("Be"),
                new Delta.Reasoning("late"),
                new Delta.Text("cause.")));
        run(upstream, prompt(0, 0, Message.system("Be brief."), Message.user("Why?")));
        assertThat(messages(upstream.requests().get(0))).containsExactly("system: Be brief.", "user: Why?");
        out.events().removeIf("flush"::equals);
        assertThat(out.events())
                .containsExactly("accepted", "step 1", "text 1: Hm", "end 1", "answer: Be", "answer: cause.");
    }

    @Test
    void showsSeparateReasoningBeforeTheStepsText() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                Reply.of(new Delta.Reasoning("Hm, "), new Delta.Reasoning("so."), new Delta.Text(DONE)),
                Reply.of(new Delta.Reasoning("Well."), new Delta.Text("Because.")));
        run(upstream, prompt(1, 25));
        assertThat(out.step(1)).isEqualTo("Hm, so.\n\nD");
        assertThat(out.step(2)).isEqualTo("Well.");
        assertThat(messages(upstream.requests().get(1))).contains("assistant: " + DONE);
        assertThat(out.events().indexOf("end 2")).isLessThan(out.events().indexOf("answer: Because."));
    }

    @Test
    void joinsASurrogatePairSplitBetweenDeltas() {
        ScriptedUpstream upstream =
                ScriptedUpstream.answering(Reply.of(new Delta.Text("a\ud83d"), new Delta.Text("\ude00b\ud83d")));
        run(upstream, prompt(0, 0));
        assertThat(out.events()).contains("answer: a", "answer: \ud83d\ude00b", "answer: \ufffd");
    }

    @Test
    void closesTheCallAfterAnError() {
        Delta first = new Delta.Text("{\"content\": \"a");
        ScriptedUpstream upstream = ScriptedUpstream.answering(Reply.of(first, first));
        Transcript failing = new Transcript(() -> {
            throw new OutOfMemoryError("test");
        });
        ModelCalls calls = new ModelCalls(upstream, ScriptedUpstream.TURN, cancellation, Budget.DEFAULT, failing);
        assertThatThrownBy(() -> run(prompt(3, 25), calls, failing)).isInstanceOf(OutOfMemoryError.class);
        assertThat(upstream.openCalls()).isZero();
    }

    @Test
    void closesTheCallAfterCancellation() {
        Delta first = new Delta.Text("{\"content\": \"a");
        ScriptedUpstream upstream = ScriptedUpstream.answering(Reply.of(first, first));
        Transcript disconnecting = new Transcript(() -> cancellation.cancel(ErrorCode.CLIENT_DISCONNECTED, "gone"));
        ModelCalls calls = new ModelCalls(upstream, ScriptedUpstream.TURN, cancellation, Budget.DEFAULT, disconnecting);
        assertThatThrownBy(() -> run(prompt(3, 25), calls, disconnecting))
                .isInstanceOfSatisfying(
                        CancelledException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLIENT_DISCONNECTED));
        assertThat(upstream.openCalls()).isZero();
        assertThat(disconnecting.step(1)).isEqualTo("a");
    }

    @Test
    void retriesAStepThatBrokeOff() {
        Reply broken = Reply.of(new Delta.Text("{\"title\": \"A\", \"content\": \"Half a"))
                .brokenOff(true);
        ScriptedUpstream upstream =
                ScriptedUpstream.answering(step(GO_ON, 1), broken, step(DONE, 1), Reply.of(new Delta.Text("Because.")));
        run(upstream, prompt(1, 25));
        out.events().removeIf("flush"::equals);
        assertThat(out.events())
                .containsExactly(
                        "accepted",
                        "step 1",
                        "title 1: T",
                        "text 1: C",
                        "end 1",
                        "step 2",
                        "title 2: A",
                        "text 2: Half a",
                        "text 2: \n\n*It broke. Retrying this step.*",
                        "end 2",
                        "step 2",
                        "title 2: T",
                        "text 2: D",
                        "end 2",
                        "answer: Because.");
        assertThat(upstream.requests().get(2)).isEqualTo(upstream.requests().get(1));
        assertThat(upstream.requests().toString()).doesNotContain("Half a");
    }

    @Test
    void failsWhenTheRetriesAreUsedUp() {
        Reply broken = Reply.of(new Delta.Text("Half a")).brokenOff(true);
        ScriptedUpstream upstream = ScriptedUpstream.answering(broken, broken, broken, broken);
        Budget budget = new Budget(30, 1000, Duration.ofMinutes(5), 2);
        assertThatThrownBy(() -> run(upstream, prompt(3, 25), budget)).hasMessage("It broke.");
        assertThat(upstream.requests()).hasSize(3);
        assertThat(upstream.openCalls()).isZero();
    }

    @Test
    void retriesAStepAtMostTwice() {
        Reply broken = Reply.of(new Delta.Text("Half a")).brokenOff(true);
        ScriptedUpstream upstream = ScriptedUpstream.answering(broken, broken, broken, step(DONE, 1));
        assertThatThrownBy(() -> run(upstream, prompt(3, 25))).hasMessage("It broke.");
        assertThat(upstream.requests()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void answersFromThePreviousStepsWithoutARetryLeft(int retries) {
        Reply broken = Reply.of(new Delta.Text("{\"content\": \"Half a")).brokenOff(true);
        ScriptedUpstream upstream =
                ScriptedUpstream.answeringWith(request -> messages(request).contains("user: ANSWER")
                        ? Reply.of(new Delta.Text("Because."))
                        : messages(request).contains("assistant: " + GO_ON) ? broken : step(GO_ON, 1));
        run(upstream, prompt(3, 25), new Budget(30, 1000, Duration.ofMinutes(5), retries));
        assertThat(out.step(2)).endsWith("Half a\n\n*It broke. Answering from the previous steps.*");
        assertThat(out.answer()).isEqualTo("Because.");
    }

    @Test
    void answersFromThePreviousStepsIfTheNextOneAlwaysBreaksOff() {
        Reply broken = Reply.of(new Delta.Text("{\"content\": \"Half a")).brokenOff(true);
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                broken,
                broken,
                step(GO_ON, 1),
                broken,
                broken,
                broken,
                Reply.of(new Delta.Reasoning("Well."), new Delta.Text("Because.")));
        run(upstream, prompt(3, 25));
        assertThat(out.step(2)).isEqualTo("Half a\n\n*It broke. Answering from the previous steps.*");
        assertThat(out.step(3)).isEqualTo("Well.");
        assertThat(out.answer()).isEqualTo("Because.");
        assertThat(messages(upstream.requests().get(6)))
                .containsExactly("system: STEP", "user: Why?", "assistant: " + GO_ON, "user: ANSWER");
    }

    @Test
    void retriesTheClosingCallAtMostTwice() {
        for (Reply broken :
                List.of(Reply.of(new Delta.Reasoning("Hm")).brokenOff(true), Reply.of(new Delta.Reasoning("Hm")))) {
            ScriptedUpstream upstream =
                    ScriptedUpstream.answering(broken, broken, broken, Reply.of(new Delta.Text("Because.")));
            Transcript listener = new Transcript();
            ModelCalls calls = new ModelCalls(upstream, ScriptedUpstream.TURN, cancellation, Budget.DEFAULT, listener);
            assertThatThrownBy(() -> run(prompt(0, 0), calls, listener)).isInstanceOf(UpstreamException.class);
            assertThat(upstream.requests()).hasSize(3);
        }
    }

    @Test
    void failsIfAStepIsNotRetryable() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                Reply.of(new Delta.Text("Half a")).brokenOff(false), Reply.of(new Delta.Text(DONE)));
        assertThatThrownBy(() -> run(upstream, prompt(3, 25))).hasMessage("It broke.");
        assertThat(upstream.unusedReplies()).isOne();
    }

    @Test
    void doesNotCountARetriedStepAgainstTheCallBudget() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                Reply.of(new Delta.Text("Half a")).brokenOff(true),
                step(DONE, 1),
                Reply.of(new Delta.Text("Because.")));
        run(upstream, prompt(1, 25), new Budget(2, 1000, Duration.ofMinutes(5), 1));
        assertThat(out.step(1)).isEqualTo("D");
        assertThat(out.answer()).isEqualTo("Because.");
    }

    @Test
    void answersAfterABrokenStepUsedUpTheBudget() {
        Reply broken = Reply.of(new Delta.Text("Half a"))
                .withUsage(new Usage(10, 0, 1000, 0))
                .brokenOff(true);
        ScriptedUpstream upstream = ScriptedUpstream.answering(broken, Reply.of(new Delta.Text("Because.")));
        run(upstream, prompt(3, 25), new Budget(30, 1000, Duration.ofMinutes(5), 6));
        assertThat(out.answer()).isEqualTo("Because.");
    }

    @Test
    void retriesAClosingCallThatBrokeOffInItsReasoning() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                Reply.of(new Delta.Reasoning("Hm")).brokenOff(true),
                Reply.of(new Delta.Reasoning("So"), new Delta.Text("Because.")));
        run(upstream, prompt(0, 0));
        assertThat(out.events()).contains("text 1: \n\n*It broke. Retrying this step.*");
        assertThat(out.step(1)).isEqualTo("So");
        assertThat(out.answer()).isEqualTo("Because.");
    }

    @Test
    void failsIfAStartedAnswerBreaksOff() {
        for (Delta first : List.of(new Delta.Text("Be"), TOOL_CALL)) {
            ScriptedUpstream upstream =
                    ScriptedUpstream.answering(Reply.of(first).brokenOff(true), Reply.of(new Delta.Text("Because.")));
            assertThatThrownBy(() -> run(upstream, prompt(0, 0))).hasMessage("It broke.");
            assertThat(upstream.unusedReplies()).isOne();
        }
    }

    static List<Arguments> repliesWithoutAnswer() {
        return List.of(
                Arguments.of("reasoning", false, new Delta[] {new Delta.Reasoning("Hm")}),
                Arguments.of("an unclosed think block", false, new Delta[] {new Delta.Text("<think>abc")}),
                Arguments.of("a think block", false, new Delta[] {new Delta.Text("<think>abc</think>\n\n")}),
                Arguments.of("white space", false, new Delta[] {new Delta.Text(" \n"), new Delta.Text("\t ")}),
                Arguments.of("a lot of white space", false, new Delta[] {new Delta.Text(" ".repeat(1000))}),
                Arguments.of("a blank refusal", false, new Delta[] {new Delta.Refusal(" ")}),
                Arguments.of(
                        "an empty fence", true, new Delta[] {new Delta.Text("```json\n"), new Delta.Text("\n```")}));
    }

    private static StepsPrompt promptWithoutSteps(boolean json) {
        Map<String, RawJson> closing =
                json ? Map.of("response_format", new RawJson("{\"type\":\"json_object\"}")) : Map.of();
        return new StepsPrompt(List.of(Message.user("Why?")), Map.of(), null, closing, null, new Steps(0, 0));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("repliesWithoutAnswer")
    void repeatsAClosingCallWithoutAnAnswer(String name, boolean json, Delta... deltas) {
        for (FinishReason reason : List.of(FinishReason.STOP, FinishReason.TOOL_CALLS)) {
            out.events().clear();
            ScriptedUpstream upstream = ScriptedUpstream.answering(
                    Reply.of(deltas).withFinishReason(reason), Reply.of(new Delta.Text("1")));
            assertThat(run(upstream, promptWithoutSteps(json))).isEqualTo(FinishReason.STOP);
            assertThat(out.events().stream().filter(event -> event.startsWith("answer")))
                    .containsExactly("answer: 1");
            assertThat(out.events()).noneMatch(event -> event.startsWith("refusal"));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("repliesWithoutAnswer")
    void failsIfNoClosingCallHasAnAnswer(String name, boolean json, Delta... deltas) {
        Reply nothing = Reply.of(deltas);
        ScriptedUpstream upstream = ScriptedUpstream.answering(nothing, nothing, nothing, nothing);
        Budget budget = new Budget(30, 1000, Duration.ofMinutes(5), 1);
        assertThatThrownBy(() -> run(upstream, promptWithoutSteps(json), budget))
                .isInstanceOfSatisfying(
                        UpstreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UPSTREAM_FAILED))
                .hasMessage("The model provider returned an empty reply.");
        assertThat(upstream.requests()).hasSize(2);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("repliesWithoutAnswer")
    void acceptsAnEmptyTruncatedAnswer(String name, boolean json, Delta... deltas) {
        for (FinishReason reason : List.of(FinishReason.LENGTH, FinishReason.CONTENT_FILTER)) {
            ScriptedUpstream upstream =
                    ScriptedUpstream.answering(Reply.of(deltas).withFinishReason(reason));
            assertThat(run(upstream, promptWithoutSteps(json))).isEqualTo(reason);
        }
    }

    @Test
    void holdsLeadingWhiteSpaceUntilTheAnswerStarts() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                Reply.of(new Delta.Text(" ".repeat(300)), new Delta.Text("\n"), new Delta.Text("Because.")));
        run(upstream, prompt(0, 0));
        assertThat(out.events()).contains("answer: " + " ".repeat(300) + "\nBecause.");
    }

    @Test
    void retriesAClosingCallThatBrokeOffInWhiteSpace() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                Reply.of(new Delta.Text("\n")).brokenOff(true), Reply.of(new Delta.Text("Because.")));
        run(upstream, prompt(0, 0));
        assertThat(out.answer()).isEqualTo("Because.");
        assertThat(out.steps()).isZero();
    }

    @Test
    void runsWithTheDemoModel() {
        try (DemoUpstream demo = new DemoUpstream("default", Duration.ZERO, List.of(new StepsDemo()))) {
            ModelCalls calls = new ModelCalls(demo, ScriptedUpstream.TURN, cancellation, Budget.DEFAULT, out);
            StepsStrategy strategy = prompt(3, 25).strategy(StepPrompts.DEFAULT, Notes.DEFAULT);
            FinishReason reason = strategy.run(
                    new TurnContext(prompt(3, 25).prompt(), TestPresets.preset(strategy), calls, new TurnLog(out)));
            assertThat(reason).isEqualTo(FinishReason.STOP);
            assertThat(calls.usage().reasoningTokens())
                    .isPositive()
                    .isLessThan(calls.usage().outputTokens());
        }
        assertThat(out.titles()).hasSize(4);
        assertThat(out.step(1)).contains("“Why?”");
        assertThat(out.answer()).contains("“Why?”", "4 steps", "config.yaml");
    }
}
