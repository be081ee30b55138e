package org.o1api.reasoning.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.o1api.reasoning.steps.StepsFixture.concluding;
import static org.o1api.reasoning.steps.StepsFixture.continuing;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.json.MessageJson;
import org.o1api.model.Content;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.ScriptedUpstream;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.CallRequest.EarlierReasoning;

/**
 * The token limit of a step, the number of steps after a tool result, and which earlier reasoning belongs to the current
 * answer.
 */
class StepLimitTest {
    private static final Message CALLS =
            MessageJson.message(Role.ASSISTANT, null, Map.of("tool_calls", new RawJson("[]")));
    private static final Message RESULT =
            MessageJson.message(Role.TOOL, new Content.Text("42"), Map.of("tool_call_id", new RawJson("\"call_1\"")));

    private final StepsFixture turn = new StepsFixture();

    @ParameterizedTest
    @CsvSource({
        "max_tokens,            100, 4096, 50",
        "max_completion_tokens, 100, 4096, 50",
        "max_completion_tokens, 100000, 4096, 4096",
        "max_completion_tokens, 100000, 512, 512",
        "max_tokens,            8192, 4096, 4096",
        "max_tokens,            8193, 4096, 4096",
        "max_tokens,            8190, 4096, 4095"
    })
    void usesTheLowerOfTheCallersAndTheConfiguredLimit(String field, long limit, int configured, String sent) {
        ScriptedUpstream upstream = ScriptedUpstream.answering(concluding("a"), "Because.");
        turn.run(
                upstream,
                new StepsPrompt(
                        List.of(Message.user("Why?")),
                        Map.of(),
                        null,
                        Map.of(),
                        new Prompt.MaxTokens(field, limit),
                        new Steps(1, 25, 0, configured, true)));
        CallRequest step = upstream.requests().get(0);
        assertThat(step.fields()).containsEntry(field, new RawJson(sent));
        boolean isRemovable = Long.parseLong(sent) == configured && limit / 2 > configured;
        assertThat(step.removable().contains(field)).isEqualTo(isRemovable);
        assertThat(upstream.requests().get(1).fields()).containsKey(field);
        assertThat(upstream.requests().get(1).removable()).doesNotContain(field);
    }

    @Test
    void limitsAStepIfTheCallerSetNoLimit() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(concluding("a"), "Because.");
        turn.run(upstream, StepsFixture.prompt(new Steps(1, 25, 0, 77, true), Map.of()));
        assertThat(upstream.requests().get(0).fields()).containsEntry("max_tokens", new RawJson("77"));
        assertThat(upstream.requests().get(1).fields()).doesNotContainKey("max_tokens");
    }

    @ParameterizedTest
    @CsvSource({
        "3, 25, 0, tool, 1",
        "3, 25, 2, tool, 2",
        "3, 2, 5, tool, 2",
        "3, 25, 0, function, 1",
        "3, 25, 0, user, 3",
        "3, 25, 0, tool system, 1",
        "3, 25, 0, tool developer system, 1",
        "3, 25, 0, tool user system, 3",
        "0, 25, 2, tool, 2",
        "3, 0, 2, tool, 0"
    })
    void requiresFewerStepsAfterAToolResult(int min, int max, int afterTools, String last, int steps) {
        ScriptedUpstream upstream = ScriptedUpstream.answeringWith(request -> StepsFixture.isStep(request)
                ? StepsFixture.reply(concluding("a" + request.messages().size()))
                : StepsFixture.reply("Because."));
        Stream<Message> results = Stream.of(last.split(" "))
                .map(role -> MessageJson.message(role(role), new Content.Text("42"), Map.of()));
        turn.run(
                upstream,
                StepsFixture.prompt(
                        new Steps(Math.min(min, max), max, afterTools, 4096, true),
                        Map.of(),
                        Stream.concat(Stream.of(Message.user("Why?"), CALLS), results)
                                .toArray(Message[]::new)));
        assertThat(upstream.requests()).hasSize(steps + 1);
    }

    private List<EarlierReasoning> earlier(Steps steps, Message... messages) {
        ScriptedUpstream upstream = ScriptedUpstream.answeringWith(request -> StepsFixture.isStep(request)
                ? StepsFixture.reply(
                        request.messages().size() > messages.length + 2 ? concluding("b") : continuing("a"))
                : StepsFixture.reply("Because."));
        turn.run(upstream, StepsFixture.prompt(steps, Map.of(), messages));
        return upstream.requests().stream().map(CallRequest::earlierReasoning).toList();
    }

    @Test
    void continuesTheAnswerAfterTheLastUserMessage() {
        Message[] messages = {
            Message.system("Be brief."),
            Message.user("Hi"),
            Message.assistant("Hi."),
            Message.user("Why?"),
            CALLS,
            RESULT
        };
        EarlierReasoning expected = new EarlierReasoning(false, 4);
        assertThat(earlier(new Steps(1, 25), messages)).containsExactly(expected, expected, expected);
        turn.history = new Preset.History(1000, true);
        assertThat(earlier(new Steps(0, 0), messages)).containsExactly(new EarlierReasoning(true, Integer.MAX_VALUE));
    }

    @ParameterizedTest
    @CsvSource({
        "user, 2",
        "system user, 2",
        "system developer user assistant tool, 2",
        "system user user, 3",
        "assistant, 1",
        "system, 1"
    })
    void countsTheMessagesOfTheCall(String roles, int index) {
        List<Message> messages = Stream.of(roles.split(" "))
                .map(role -> MessageJson.message(role(role), new Content.Text("x"), Map.of()))
                .toList();
        StepHistory history = new StepHistory(messages, StepsFixture.PROMPTS);
        assertThat(history.messagesForNextStep().continuedFrom()).isEqualTo(index);
        history.add(continuing("a"), false);
        assertThat(history.messagesForClosingCall(1, false).continuedFrom()).isEqualTo(index);
    }

    private static Role role(String name) {
        return Role.valueOf(name.toUpperCase(Locale.ROOT));
    }

    @Test
    void addsAPromptAfterAHistoryThatEndsWithAnAnswer() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(concluding("a"), "Because.");
        turn.run(upstream, StepsFixture.prompt(Message.user("Why?"), Message.assistant("Well,")));
        assertThat(StepsFixture.messages(upstream.requests().get(0)))
                .containsExactly("system: STEP", "user: Why?", "assistant: Well,", "user: NEXT");
        assertThat(StepsFixture.messages(upstream.requests().get(1)))
                .containsExactly(
                        "system: STEP",
                        "user: Why?",
                        "assistant: Well,",
                        "user: NEXT",
                        "assistant: " + concluding("a"),
                        "user: ANSWER");
    }
}
