package org.o1api.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.json.MessageJson;
import org.o1api.model.Content;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;

class ToolResultsTest {
    /**
     * Creates a prompt from a notation: {@code u} a user message, {@code s} instructions, {@code a} an answer, {@code
     * c1,2} tool calls, {@code r1} a result.
     */
    private static List<Message> prompt(String words) {
        List<Message> prompt = new ArrayList<>();
        for (String word : words.split(" ", -1)) {
            String ids = word.substring(1);
            prompt.add(
                    switch (word.charAt(0)) {
                        case 'u' -> Message.user("u");
                        case 's' -> Message.system("s");
                        case 'a' -> Message.assistant("a");
                        case 'c' ->
                            MessageJson.message(
                                    Role.ASSISTANT,
                                    null,
                                    Map.of(
                                            "tool_calls",
                                            new RawJson(Arrays.stream(ids.split(",", -1))
                                                    .map(id -> "{\"id\": \"" + id + "\"}")
                                                    .collect(Collectors.joining(",", "[", "]")))));
                        default -> result(ids, new Content.Text("r" + ids));
                    });
        }
        return prompt;
    }

    private static Message result(String id, Content content) {
        return MessageJson.message(Role.TOOL, content, Map.of("tool_call_id", new RawJson("\"" + id + "\"")));
    }

    /** A prompt in the same notation; {@code -1}: call 1 was not run, {@code l1}: a late result. */
    private static String words(List<Message> prompt) {
        List<String> words = new ArrayList<>();
        for (Message message : prompt) {
            RawJson id = message.fields().get("tool_call_id");
            String text = message.content() instanceof Content.Text content ? content.text() : "";
            if (id != null && text.equals(ToolResults.NOT_RUN)) {
                words.add("-" + id.text().replace("\"", ""));
            } else if (message.role() == Role.USER && text.startsWith("The result")) {
                words.add("l" + text.charAt(text.length() - 1));
            } else if (message.fields().containsKey("tool_calls")) {
                words.add("c" + message.fields().get("tool_calls").text().replaceAll("[^0-9,]", ""));
            } else {
                words.add(text);
            }
        }
        return String.join(" ", words);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    u a u                     | u a u
                    u c1 r1 a u               | u c1 r1 a u
                    u c1,2 r2 r1 a            | u c1,2 r2 r1 a
                    u c1 u                    | u c1 -1 u
                    u c1                      | u c1 -1
                    u c1,2 u                  | u c1,2 -1 -2 u
                    u c1,2,3 r2 u             | u c1,2,3 r2 -1 -3 u
                    u c1,2 r2                 | u c1,2 r2 -1
                    u c1 u c2 r2 a            | u c1 -1 u c2 r2 a
                    u c1 c2 r2                | u c1 -1 c2 r2
                    u c1 a                    | u c1 -1 a
                    u c1 s r1                 | u c1 r1 s
                    u c1 s u                  | u c1 -1 s u
                    u c1,2 r1 s r2 s u        | u c1,2 r1 r2 s s u
                    u c1 u a r1               | u c1 -1 u a l1
                    u c1 u a r1 u             | u c1 -1 u a l1 u
                    u c1 u c2 r1 r2           | u c1 -1 u c2 r2 l1
                    u c1,2 r1 a r2            | u c1,2 r1 -2 a l2
                    r1 u                      | l1 u
                    u c1 r1 r1                | u c1 r1 r1
                    u c, r u                  | u c, r - u
                    """)
    void putsAResultDirectlyAfterEachCall(String prompt, String sent) {
        assertThat(words(ToolResults.complete(prompt(prompt)))).isEqualTo(sent);
    }

    @Test
    void sendsALateResultAsAUserMessage() {
        Message text = result("call \"1\"".replace("\"", "\\\""), new Content.Text("42"));
        Message parts = result("2", new Content.Parts(new RawJson("[ {\"type\":\"image_url\",\"n\":1E2} ]")));

        assertThat(ToolResults.complete(List.of(text, parts)))
                .containsExactly(
                        Message.user("The result of the tool call \"call \\\"1\\\"\":\n42"),
                        MessageJson.message(
                                Role.USER,
                                new Content.Parts(
                                        new RawJson(
                                                "[{\"type\":\"text\",\"text\":\"The result of the tool call \\\"2\\\":\"},{\"type\":\"image_url\",\"n\":1E2}]")),
                                Map.of()));
    }

    @Test
    void sendsTheAttachmentsOfALateResult() {
        Message late = MessageJson.toolResult("1", new Content.Text("r1")).withAttachments(List.of(new RawJson("5")));
        List<Message> completed = ToolResults.complete(List.of(Message.user("u"), late));
        assertThat(completed.get(1).content())
                .isEqualTo(new Content.Parts(new RawJson(
                        "[{\"type\":\"text\",\"text\":\"The result of the tool call \\\"1\\\":\\nr1\"},5]")));
    }
}
