package org.o1api.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.conversation.ConversationStore.PositionedTurn;
import org.o1api.json.MessageJson;
import org.o1api.model.Content;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;
import org.o1api.model.TurnUsage;

/** Which turns of the history are sent, and which of them with their reasoning. */
class HistoryMergeTest {
    private static final long PLENTY = 10_000;

    /**
     * Creates a turn from a short notation.
     *
     * @param notation roles of the messages, then the kind of answer: {@code user calls}, {@code tool answer}
     */
    private static StoredTurn turn(int number, String notation) {
        List<Message> messages = new ArrayList<>();
        String[] words = notation.split(" ", -1);
        for (int i = 0; i < words.length - 1; i++) {
            messages.add(words[i].equals("user") ? Message.user("u" + number) : result(number - 1));
        }
        boolean calls = words[words.length - 1].equals("calls");
        return new StoredTurn(
                "t" + number,
                number,
                "m",
                messages,
                Answers.of(
                        calls ? null : "a" + number,
                        null,
                        null,
                        calls ? new RawJson("[{\"id\":\"c" + number + "\",\"function\":{\"name\":\"f\"}}]") : null,
                        List.of(new StoredTurn.Step("T" + number, "text " + "x".repeat(40))),
                        calls ? FinishReason.TOOL_CALLS : FinishReason.STOP,
                        TurnUsage.NONE));
    }

    private static Message result(int call) {
        return MessageJson.message(
                Role.TOOL, new Content.Text("r"), Map.of("tool_call_id", new RawJson("\"c" + call + "\"")));
    }

    private static List<Message> prompt(String turns, String newRoles, long tokens, boolean reasoning) {
        int lastTurn = turns.split(", ", -1).length - 1;
        List<Message> request = new ArrayList<>();
        for (String word : newRoles.split(" ", -1)) {
            request.add(word.equals("user") ? Message.user("new") : result(lastTurn));
        }
        return merge(turns, request, tokens, reasoning).prompt();
    }

    private static HistoryMerge merge(String turns, List<Message> request, long tokens, boolean reasoning) {
        String[] all = turns.split(", ", -1);
        HistoryLimits limits = new HistoryLimits(tokens, 1_000_000, reasoning);
        History.Window window = new History.Window(limits, request);
        List<PositionedTurn> recent = new ArrayList<>();
        for (int i = all.length - 1; i >= 0; i--) {
            PositionedTurn positioned = new PositionedTurn(1L, i, turn(i, all[i]), 0);
            recent.add(0, window.withoutUnneededReasoning(positioned));
            if (window.addAndCheckFull(positioned.turn())) {
                break;
            }
        }
        History history = new History(1L, null, List.of(), recent, all.length - 1);
        return HistoryMerge.of(history, request, limits, String::length);
    }

    /** Which answers of a prompt have reasoning: {@code x} has it, {@code -} does not. */
    private static String reasoning(List<Message> prompt) {
        StringBuilder marks = new StringBuilder();
        for (Message message : prompt) {
            if (message.role() == Role.ASSISTANT) {
                marks.append(message.reasoning().isEmpty() ? '-' : 'x');
                assertThat(message.fields()).doesNotContainKey("reasoning_content");
            }
        }
        return marks.toString();
    }

    @ParameterizedTest
    @CsvSource({
        "'user calls', tool, x",
        "'user answer, user calls', tool, -x",
        "'user calls, tool calls, tool calls', tool, xxx",
        "'user calls, tool answer, user calls, tool calls', tool, --xx",
        "'user calls, tool user calls', tool, -x",
        "'user calls, calls', tool, -x", // a turn without messages: the older turn is sent without reasoning
        "'user calls', 'tool user', x",
        "'user calls', user, -",
        "'user calls, tool answer', user, --"
    })
    void sendsReasoningSinceTheLastUserMessageWithToolResults(String turns, String newRoles, String expected) {
        assertThat(reasoning(prompt(turns, newRoles, PLENTY, false))).isEqualTo(expected);
        assertThat(reasoning(prompt(turns, newRoles, PLENTY, true))).doesNotContain("-");
    }

    /** In the new messages {@code uN} and {@code rN} are a user message and the result of a call. */
    @ParameterizedTest
    @CsvSource({
        "'user calls', r0, 'u0 c0 r0', r0",
        "'user calls', 'u0 r0', 'u0 c0 r0', r0",
        "'user calls', 'u7 r0', 'u0 c0 r0 u7', 'r0 u7'",
        "'user calls', 'r0 u7', 'u0 c0 r0 u7', 'r0 u7'",
        "'user calls', 's u0 r0 s', 'u0 c0 r0 s s', 'r0 s s'",
        "'user calls', 'u0 u7 r0', 'u0 c0 r0 u7', 'r0 u7'",
        "'user calls, tool calls', 'u0 r0 r1', 'u0 c0 r0 c1 r1', r1",
        "'user answer, user calls', 'u0 u1 r1', 'u0 a0 u1 c1 r1', r1",
        "'user answer, user calls', 'u1 r1', 'u0 a0 u1 c1 r1', r1",
        "'user answer, user calls', 'u0 r1', 'u0 a0 u1 c1 r1 u0', 'r1 u0'",
        "'user calls, tool answer', 'u1 r0', 'u0 c0 r0 a1 u1 late', 'u1 r0'",
        "'user calls', 'u0 r7', 'u0 c0 not-run u0 late', 'u0 r7'",
        "'user calls, tool answer', 'u0 r0 u7', 'u0 c0 r0 a1 u7', u7",
        "'user calls, tool answer', 'r0 u7', 'u0 c0 r0 a1 u7', u7",
        "'user calls, tool answer, user answer', 'u0 r0 u2 u7', 'u0 c0 r0 a1 u2 a2 u7', u7",
        "'user calls, tool answer', 'u0 u7', 'u0 c0 r0 a1 u0 u7', 'u0 u7'",
        "'user answer', 'u0 u7', 'u0 a0 u0 u7', 'u0 u7'"
    })
    void understandsClientsThatRepeatOnlyTheirOwnMessages(
            String turns, String request, String prompt, String newMessages) {
        List<Message> messages = Stream.of(request.split(" ", -1))
                .map(word -> switch (word.charAt(0)) {
                    case 's' -> Message.system("s");
                    case 'r' -> result(Integer.parseInt(word.substring(1)));
                    default -> Message.user(word);
                })
                .toList();
        HistoryMerge merge = merge(turns, messages, PLENTY, false);
        assertThat(notation(merge.prompt())).isEqualTo(prompt);
        assertThat(notation(merge.newMessages())).isEqualTo(newMessages);
    }

    private static String notation(List<Message> messages) {
        return messages.stream().map(HistoryMergeTest::notation).collect(Collectors.joining(" "));
    }

    private static String notation(Message message) {
        String text = message.content() instanceof Content.Text content ? content.text() : "";
        if (message instanceof Message.ToolResult result) {
            return text.equals(ToolResults.NOT_RUN)
                    ? "not-run"
                    : "r" + String.valueOf(result.callId()).substring(1);
        }
        if (message instanceof Message.Assistant answer && !answer.toolCalls().isEmpty()) {
            return answer.toolCalls().get(0).id();
        }
        return text.startsWith("The result of the tool call") ? "late" : text;
    }

    @Test
    void joinsTheStepsAsReasoning() {
        assertThat(prompt("user calls", "tool", PLENTY, false).get(1).reasoning())
                .containsExactly(
                        Map.entry("reasoning_content", new RawJson("\"**T0**\\n\\ntext " + "x".repeat(40) + "\"")));
    }

    /** Each message counts as 4 tokens plus, in this test, one per character; reasoning counts as about 60. */
    @ParameterizedTest
    @CsvSource({
        "'user calls', false, 30, -",
        "'user calls', false, 100, x",
        "'user calls, tool calls', false, 100, --",
        "'user calls, tool calls', false, 200, xx",
        "'user answer, user calls', false, 80, x", // the older turn is left out to make room
        "'user answer, user calls', false, 90, -x",
        "'user answer, user answer, user answer', true, 100, x"
    })
    void countsReasoningAgainstTheTokenLimit(String turns, boolean all, long tokens, String expected) {
        assertThat(reasoning(prompt(turns, all ? "user" : "tool", tokens, all))).isEqualTo(expected);
    }
}
