package org.o1api.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
        String[] all = turns.split(", ", -1);
        List<Message> request = new ArrayList<>();
        for (String word : newRoles.split(" ", -1)) {
            request.add(word.equals("user") ? Message.user("new") : result(all.length - 1));
        }
        HistoryLimits limits = new HistoryLimits(tokens, 1_000_000, reasoning);
        History.Window window = new History.Window(limits, request);
        List<PositionedTurn> recent = new ArrayList<>();
        for (int i = all.length - 1; i >= 0; i--) {
            PositionedTurn positioned = new PositionedTurn(i, turn(i, all[i]), 0);
            recent.add(0, window.withoutUnneededReasoning(positioned));
            if (window.addAndCheckFull(positioned.turn())) {
                break;
            }
        }
        History history = new History(1L, null, List.of(), recent, all.length - 1);
        return HistoryMerge.of(history, request, limits, String::length).prompt();
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
