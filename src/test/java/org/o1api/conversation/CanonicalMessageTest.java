package org.o1api.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.json.MessageJson;
import org.o1api.model.Content;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;
import org.o1api.model.TurnUsage;

class CanonicalMessageTest {
    private static RawJson calls(String arguments) {
        return new RawJson("[{\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":"
                + TextNode.valueOf(arguments) + "}}]");
    }

    private static Message calling(String arguments) {
        return MessageJson.message(Role.ASSISTANT, null, Map.of("tool_calls", calls(arguments)));
    }

    private static String nested(String opening, String closing, int depth) {
        return opening.repeat(depth - 1) + "{}" + closing.repeat(depth - 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 999, 1000, 1001, 1500, 2000, 2001, 2500, 100_000})
    void acceptsArgumentsOfAnyDepth(int depth) {
        for (String arguments : List.of(nested("[", "]", depth), nested("{\"a\":", "}", depth))) {
            CanonicalMessage message = CanonicalMessage.of(calling(arguments));
            assertThat(message)
                    .isEqualTo(CanonicalMessage.of(calling(arguments)))
                    .hasSameHashCodeAs(CanonicalMessage.of(calling(arguments)));
            assertThat(message).isNotEqualTo(CanonicalMessage.of(calling(arguments.replace("{}", "{\"b\":1}"))));
            assertThat(message.length()).isGreaterThanOrEqualTo(arguments.length());
            assertThat(message.maxTokens()).isPositive();

            StoredTurn turn = new StoredTurn(
                    "chatcmpl-1",
                    5,
                    "m",
                    List.of(calling(arguments)),
                    Answers.of(null, null, null, calls(arguments), List.of(), FinishReason.TOOL_CALLS, TurnUsage.NONE));
            assertThat(TurnJson.read("chatcmpl-1", TurnJson.write(turn))).isEqualTo(turn);
            History history = new History(
                    1L,
                    null,
                    List.of(),
                    List.of(new ConversationStore.PositionedTurn(1L, 0, turn, arguments.length())),
                    0);
            assertThatCode(() -> HistoryMerge.of(
                            history,
                            List.of(Message.user("Go on.")),
                            new HistoryLimits(10, Integer.MAX_VALUE, false),
                            String::length))
                    .doesNotThrowAnyException();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"a":1,"b":[1,2]} | { "b": [1, 2], "a": 1 } | true
                    {"a":{"c":1,"b":2}} | {"a":{"b":2,"c":1}}   | true
                    {"a":1}           | {"a":2}                 | false
                    {"a":[1,2]}       | {"a":[2,1]}             | false
                    {"a":1            | {"a":1                  | true
                    {"a":1            | {"a": 1                 | false
                    no JSON           | no JSON                 | true
                    """)
    void comparesArgumentsAsJson(String first, String second, boolean same) {
        assertThat(CanonicalMessage.of(calling(first)).equals(CanonicalMessage.of(calling(second))))
                .isEqualTo(same);
    }

    /** Attachments count like the content of the result, whose length limits what is read of a history. */
    @Test
    void includesAttachments() {
        Message.ToolResult result = MessageJson.toolResult("c", new Content.Text("a"));
        Message.ToolResult image = result.withAttachments(
                List.of(new RawJson("{\"type\":\"image_url\",\"image_url\":{\"url\":\"" + "x".repeat(500) + "\"}}")));
        CanonicalMessage message = CanonicalMessage.of(image);
        assertThat(message).isNotEqualTo(CanonicalMessage.of(result));
        assertThat(message.length()).isGreaterThan(500);
        assertThat(message.countTokens(String::length)).isBetween(1001L, 1100L);
    }
}
