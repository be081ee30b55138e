package org.o1api.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.conversation.ConversationStore.PositionedTurn;
import org.o1api.model.Content;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;
import org.o1api.model.TurnUsage;

/** With which reasoning the turns of a conversation are sent again. */
class HistoryMergeTest {
    private static final long PLENTY = 10_000;

    /**
     * A turn in short.
     *
     * @param said who says something, then how it is answered: {@code user calls}, {@code tool answer}
     */
    private static StoredTurn turn(int number, String said) {
        List<Message> messages = new ArrayList<>();
        String[] words = said.split(" ", -1);
        for (int i = 0; i < words.length - 1; i++) {
            messages.add(words[i].equals("user") ? Message.user("u" + number) : result(number - 1));
        }
        boolean calls = words[words.length - 1].equals("calls");
        return new StoredTurn(
                "t" + number,
                number,
                "m",
                messages,
                new StoredTurn.Answer(
                        calls ? null : "a" + number,
                        null,
                        null,
                        calls ? new RawJson("[{\"id\":\"c" + number + "\",\"function\":{\"name\":\"f\"}}]") : null,
                        List.of(new StoredTurn.Step("T" + number, "text " + "x".repeat(40))),
                        calls ? FinishReason.TOOL_CALLS : FinishReason.STOP,
                        TurnUsage.NONE));
    }

    private static Message result(int call) {
        return new Message(Role.TOOL, new Content.Text("r"), Map.of("tool_call_id", new RawJson("\"c" + call + "\"")));
    }

    private static List<Message> prompt(String turns, String asked, long tokens, boolean reasoning) {
        String[] all = turns.split(", ", -1);
        List<Message> request = new ArrayList<>();
        for (String word : asked.split(" ", -1)) {
            request.add(word.equals("user") ? Message.user("new") : result(all.length - 1));
        }
        HistoryLimits bounds = new HistoryLimits(tokens, 1_000_000, reasoning);
        History.Window need = new History.Window(bounds, request);
        List<PositionedTurn> recent = new ArrayList<>();
        for (int i = all.length - 1; i >= 0; i--) {
            PositionedTurn placed = new PositionedTurn(i, turn(i, all[i]), 0);
            recent.add(0, need.withoutUnneededReasoning(placed));
            if (need.addAndCheckFull(placed.turn())) {
                break;
            }
        }
        History history = new History(1L, null, List.of(), recent);
        return HistoryMerge.of(history, request, bounds, String::length).prompt();
    }

    /** Which answers of a prompt carry reasoning: {@code x} for one that does, {@code -} for one that does not. */
    private static String reasoning(List<Message> prompt) {
        StringBuilder carries = new StringBuilder();
        for (Message message : prompt) {
            if (message.role() == Role.ASSISTANT) {
                carries.append(message.reasoning().isEmpty() ? '-' : 'x');
                assertThat(message.fields()).doesNotContainKey("reasoning_content");
            }
        }
        return carries.toString();
    }

    @ParameterizedTest
    @CsvSource({
        "'user calls', tool, x",
        "'user answer, user calls', tool, -x",
        "'user calls, tool calls, tool calls', tool, xxx",
        "'user calls, tool answer, user calls, tool calls', tool, --xx",
        "'user calls, tool user calls', tool, -x",
        "'user calls, calls', tool, -x", // a turn without a message: the older one has its reasoning no more
        "'user calls', 'tool user', x",
        "'user calls', user, -",
        "'user calls, tool answer', user, --"
    })
    void aResultContinuesTheReasoningSinceTheUsersLastMessage(String turns, String asked, String carries) {
        assertThat(reasoning(prompt(turns, asked, PLENTY, false))).isEqualTo(carries);
        assertThat(reasoning(prompt(turns, asked, PLENTY, true))).doesNotContain("-");
    }

    @Test
    void theReasoningIsThatOfTheSteps() {
        assertThat(prompt("user calls", "tool", PLENTY, false).get(1).reasoning())
                .containsExactly(
                        Map.entry("reasoning_content", new RawJson("\"**T0**\\n\\ntext " + "x".repeat(40) + "\"")));
    }

    /** A message counts 4 tokens, here one more for each character; reasoning about 60. */
    @ParameterizedTest
    @CsvSource({
        "'user calls', false, 30, -",
        "'user calls', false, 100, x",
        "'user calls, tool calls', false, 100, --",
        "'user calls, tool calls', false, 200, xx",
        "'user answer, user calls', false, 80, x", // the older turn is left out for it
        "'user answer, user calls', false, 90, -x",
        "'user answer, user answer, user answer', true, 100, x"
    })
    void theReasoningCountsInTheTokensOfTheHistory(String turns, boolean all, long tokens, String carries) {
        assertThat(reasoning(prompt(turns, all ? "user" : "tool", tokens, all))).isEqualTo(carries);
    }
}
