package org.o1api.api.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.api.ApiSettings;
import org.o1api.api.RequestException;
import org.o1api.model.Content;
import org.o1api.model.Message;
import org.o1api.model.RawJson;

/** Handling of reasoning in earlier answers. */
class MessageReaderTest {
    private static final String ASSISTANT = "{\"role\": \"assistant\", ";

    private static ChatCompletionRequest read(String messages) {
        return RequestReader.read(("{\"messages\": [" + messages + "]}"), ApiSettings.RequestLimits.DEFAULT);
    }

    private static Message answer(String fields) {
        return read("{\"role\": \"user\", \"content\": \"?\"}, " + ASSISTANT + fields + "}")
                .messages()
                .get(1);
    }

    private static List<Message> sent(String answer) {
        return read("{\"role\": \"user\", \"content\": \"a\"}, " + ASSISTANT + answer
                        + "}, {\"role\": \"user\", \"content\": \"b\"}")
                .prompt()
                .withoutOnlyReasoning()
                .messages();
    }

    /** Each row: the answer, the content that is sent, the separated reasoning as JSON. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    "content": "<think>a</think>b"                                                                          | b | "a"
                    "content": " <think>\\n a \\"x\\"\\n</think>\\n\\nb"                                                    | b | "a \\"x\\""
                    "content": "<think></think>b"                                                                           | b |
                    "content": "<think>a"                                                                                   | <think>a |
                    "content": "a</think>b"                                                                                 | a</think>b |
                    "content": "b"                                                                                          | b |
                    "content": "<think>a</think>b", "reasoning_content": "c"                                                | b | "c"
                    "reasoning_content": "", "content": "<think>a</think>b"                                                 | b | "a"
                    "content": [{"type":"thinking","thinking":"a","signature":"s"},{"type":"text","text":"b"}]              | [{"type":"text","text":"b"}] | "a"
                    "content": [ {"type":"text","text":"b"} , {"type":"thinking","thinking":"a"}, {"x":1E2,"type":"y"} ]    | [{"type":"text","text":"b"},{"x":1E2,"type":"y"}] | "a"
                    "content": [{"type":"redacted_thinking","data":"x"},{"type":"text","text":"b"}]                         | [{"type":"text","text":"b"}] |
                    "content": [{"type":"reasoning","text":"a"},{"type":"text","text":"b"}]                                 | [{"type":"text","text":"b"}] | "a"
                    "content": [{"type":"reasoning","reasoning":"a"},{"type":"text","text":"b"}]                            | [{"type":"text","text":"b"}] | "a"
                    "content": [{"type":"reasoning","summary":[{"type":"summary_text","text":"a"},{"type":"summary_text","text":"c"}]},{"type":"text","text":"b"}] | [{"type":"text","text":"b"}] | "a\\n\\nc"
                    "content": [{"type":"thinking","thinking":[{"type":"text","text":"a"}],"closed":true},{"type":"text","text":"b"}] | [{"type":"text","text":"b"}] | "a"
                    "content": [{"type":"reasoning_content","reasoning_content":{"text":"a","signature":"s"}},{"type":"text","text":"b"}] | [{"type":"text","text":"b"}] | "a"
                    "content": [{"type":"thinking","thinking":"a"},{"type":"thinking","thinking":5},{"type":"text","text":"<think>c</think>b"}] | [{"type":"text","text":"b"}] | "a\\n\\nc"
                    "content": [{"type":"thinking","thinking":"a"},{"type":"text","text":"b"}], "reasoning": "c"            | [{"type":"text","text":"b"}] |
                    "content": [{"type":"text","text":"\\u003cthink>\\u0061</think>\\u0062"}]                               | [{"type":"text","text":"\\u0062"}] | "a"
                    "content": [{"type":"text","text":"b"},{"type":"text","text":"<think>a</think>"}]                       | [{"type":"text","text":"b"},{"type":"text","text":"<think>a</think>"}] |
                    """)
    void separatesTheReasoningFromTheContent(String answer, String content, @Nullable String reasoning) {
        Message message = answer(answer);

        assertThat(message.content())
                .isEqualTo(
                        content.startsWith("[") ? new Content.Parts(new RawJson(content)) : new Content.Text(content));
        assertThat(message.reasoning().get("reasoning_content"))
                .isEqualTo(reasoning == null ? null : new RawJson(reasoning));
        assertThat(sent(answer)).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"content\": \"<think>a</think>\"",
                "\"content\": \" <think>a</think>\\n \"",
                "\"content\": \"<think></think>\"",
                "\"content\": \"<think>\\n\\n</think>\\n\\n\", \"name\": \"ada\"",
                "\"content\": \"<think>a</think>\", \"reasoning_content\": \"a\"",
                "\"content\": \"<think>a</think>\", \"tool_calls\": []",
                "\"content\": \"<think>a</think>\", \"tool_calls\": null, \"refusal\": null, \"audio\": null",
                "\"content\": \"<think>a</think>\", \"refusal\": \"\", \"annotations\": [], \"id\": \"msg_1\"",
                "\"content\": [{\"type\": \"text\", \"text\": \"<think>a</think>\"}]",
                "\"content\": [{\"type\": \"text\", \"text\": \"<think>a</think> \"}, {\"type\": \"text\", \"text\": \"\\n\"}]",
                "\"content\": [{\"type\": \"thinking\", \"thinking\": \"a\"}]",
                "\"content\": [{\"type\": \"redacted_thinking\", \"data\": \"x\"}]",
                "\"content\": [{\"type\": \"reasoning\", \"text\": \"a\"}, {\"type\": \"text\", \"text\": \"\"}]",
                "\"content\": \"\", \"reasoning_content\": \"a\"",
                "\"content\": null, \"reasoning\": \"a\"",
                "\"content\": [], \"reasoning_details\": [{\"type\": \"reasoning.text\", \"text\": \"a\"}]"
            })
    void omitsAnswersWithOnlyReasoning(String answer) {
        assertThat(sent(answer)).containsExactly(Message.user("a"), Message.user("b"));
        assertThat(read("{\"role\": \"user\", \"content\": \"a\"}, " + ASSISTANT + answer + "}")
                        .messages())
                .as("a conversation has to recognize it")
                .hasSize(2);
    }

    /** Each row: the answer, the content that is sent. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    "content": "<think>a</think>", "tool_calls": [{"id": "1"}]                                    |
                    "content": [{"type":"text","text":"<think>a</think>"}], "tool_calls": [{"id": "1"}]           |
                    "content": [{"type":"thinking","thinking":"a"}], "tool_calls": [{"id": "1"}]                  |
                    "tool_calls": [{"id": "1"}], "content": null, "reasoning_content": "a"                        |
                    "content": "<think>a</think>", "refusal": "No."                                               | empty
                    "content": "<think>a</think>", "function_call": {"name": "f"}                                 | empty
                    "content": "<think>a</think>", "images": [{"type": "image_url"}]                              | empty
                    "content": "", "reasoning_content": "a", "prefix": true                                       | empty
                    """)
    void keepsAnswersWithOtherContent(String answer, @Nullable String content) {
        List<Message> messages = sent(answer);

        assertThat(messages).hasSize(3);
        assertThat(messages.get(1).content()).isEqualTo(content == null ? null : new Content.Text(""));
        assertThat(messages.get(1).reasoning()).containsEntry("reasoning_content", new RawJson("\"a\""));
    }

    @Test
    void leavesNoEmptyTextPartAfterAThinkBlock() {
        String image = "{\"type\":\"image_url\",\"image_url\":{\"url\":\"u\"}}";
        String block = "{\"type\":\"text\",\"text\":\"<think>%s</think> \"}";
        Message message = sent("\"content\": [" + block.formatted("a") + "," + block.formatted("b") + ", " + image
                        + "]")
                .get(1);

        assertThat(message.content()).isEqualTo(new Content.Parts(new RawJson("[" + image + "]")));
        assertThat(message.reasoning()).containsEntry("reasoning_content", new RawJson("\"a\\n\\nb\""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"content\": \"\"", "\"content\": []", "\"content\": \" \", \"reasoning\": \"\""})
    void keepsEmptyAnswersWithoutReasoning(String answer) {
        assertThat(sent(answer)).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"role\": \"user\", \"content\": \"<think>a</think>b\"}",
                "{\"role\": \"system\", \"content\": \"<think>a</think>\"}",
                "{\"role\": \"user\", \"content\": [{\"type\": \"thinking\", \"thinking\": \"a\"}]}",
                "{\"role\": \"tool\", \"tool_call_id\": \"1\", \"content\": [{\"type\": \"reasoning\", \"text\": \"a\"}]}"
            })
    void keepsMessagesOfOtherRolesUnmodified(String message) {
        Message read = read(message).messages().get(0);

        assertThat(read.reasoning()).isEmpty();
        String content = read.content() instanceof Content.Parts parts
                ? parts.json().text()
                : "\"" + (read.content() instanceof Content.Text text ? text.text() : "") + "\"";
        assertThat(message).contains(content);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"role\": \"assistant\", \"content\": \"<think>a</think>\"}",
                "{\"role\": \"assistant\", \"content\": [{\"type\": \"thinking\", \"thinking\": \"a\"}]}",
                "{\"role\": \"assistant\", \"content\": \"<think></think>\"}, {\"role\": \"assistant\", \"content\": \"\", \"reasoning\": \"a\"}"
            })
    void rejectsARequestWithOnlyReasoning(String messages) {
        assertThatThrownBy(() -> read(messages)).isInstanceOfSatisfying(RequestException.class, e -> {
            assertThat(e.param()).isEqualTo("messages");
            assertThat(e).hasMessageContaining("Add a user message");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"[{\"type\": 5}]", "[{\"thinking\": \"a\"}]"})
    void checksTheTypesOfParts(String content) {
        assertThatThrownBy(() -> answer("\"content\": " + content))
                .isInstanceOfSatisfying(
                        RequestException.class, e -> assertThat(e.param()).isEqualTo("messages[1].content[0].type"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"reasoning_content", "reasoning", "reasoning_details"})
    void keepsReasoningFieldsUnmodified(String name) {
        assertThat(answer("\"content\": \"<think>a</think>b\", \"" + name + "\": [ 1.50 ]")
                        .reasoning())
                .isEqualTo(Map.of(name, new RawJson("[ 1.50 ]")));
    }
}
