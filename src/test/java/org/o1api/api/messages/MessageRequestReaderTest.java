package org.o1api.api.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.api.ApiSettings;
import org.o1api.api.RequestException;
import org.o1api.api.messages.MessageRequest.Thinking;
import org.o1api.model.Content;
import org.o1api.model.Message;

/** Requests for a message: what the provider gets of them. */
class MessageRequestReaderTest {
    private static final String USER = "{\"role\": \"user\", \"content\": \"Hi\"}";

    private static MessageRequest read(String body) {
        return MessageRequestReader.read(
                body,
                ApiSettings.RequestLimits.DEFAULT,
                signatures -> signatures.contains("ours") ? Map.of("ours", "the reasoning") : Map.of());
    }

    private static List<Message> messages(String list) {
        return read("{\"messages\": [" + list + "]}").prompt().messages();
    }

    /** One line for each message: its role, content, calls, attachments and reasoning. */
    private static String show(List<Message> messages) {
        return messages.stream().map(MessageRequestReaderTest::show).collect(Collectors.joining("\n"));
    }

    private static String show(Message message) {
        StringBuilder line = new StringBuilder(message.role().wireName()).append(' ');
        if (message.content() instanceof Content.Parts parts) {
            line.append(parts.json());
        } else if (message.content() instanceof Content.Text text) {
            line.append(text.text());
        }
        if (message instanceof Message.Assistant answer) {
            answer.toolCalls()
                    .forEach(call ->
                            line.append(" " + call.id() + " " + call.name() + call.arguments() + call.fields()));
            line.append(answer.reasoning().isEmpty() ? "" : " " + answer.reasoning());
        } else if (message instanceof Message.ToolResult result) {
            line.append(" for ")
                    .append(result.callId())
                    .append(result.attachments().isEmpty() ? "" : " " + result.attachments());
        }
        return line.toString().strip();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'role': 'user', 'content': 'Hi'} | user Hi",
                "{'role': 'user', 'content': [{'type': 'text', 'text': 'a', 'cache_control': {'type': 'ephemeral'}}, {'type': 'text', 'text': 'b'}]} | `user a\n\nb`",
                "{'role': 'user', 'content': 'a'}, {'role': 'assistant', 'content': ''}, {'role': 'user', 'content': [{'type': 'server_tool_use', 'id': '1'}]} | user a",
                "{'role': 'user', 'content': 'a'}, {'role': 'system', 'content': 's'} | `system s\nuser a`",
                "{'role': 'user', 'content': 'a'}, {'role': 'assistant', 'content': 'b'}, {'role': 'system', 'content': [{'type': 'text', 'text': 's'}]} | `user a\nassistant b\nsystem s`",
                "{'role': 'user', 'content': [{'type': 'image', 'source': {'type': 'url', 'url': 'http://x/y.png'}}]} | user [{'type':'image_url','image_url':{'url':'http://x/y.png'}}]",
                "{'role': 'user', 'content': [{'type': 'document', 'title': 'a.pdf', 'source': {'type': 'base64', 'media_type': 'application/pdf', 'data': 'AA=='}}]} | user [{'type':'file','file':{'filename':'a.pdf','file_data':'data:application/pdf;base64,AA=='}}]",
                "{'role': 'user', 'content': [{'type': 'document', 'context': 'c', 'source': {'type': 'content', 'content': [{'type': 'text', 'text': 'd'}]}}]} | `user c\n\nd`",
                "{'role': 'user', 'content': [{'type': 'search_result', 'title': 't', 'source': 's', 'content': [{'type': 'text', 'text': 'd'}]}]} | `user t\ns\nd`",
                "{'role': 'user', 'content': 'a'}, {'role': 'assistant', 'content': [{'type': 'thinking', 'thinking': 'x', 'signature': 'ours'}, {'type': 'text', 'text': 'b'}]} | `user a\nassistant b {reasoning_content='the reasoning'}`",
                "{'role': 'user', 'content': 'a'}, {'role': 'assistant', 'content': [{'type': 'thinking', 'thinking': 'x', 'signature': 'other'}, {'type': 'redacted_thinking', 'data': 'z'}]} | user a",
                "{'role': 'user', 'content': 'a'}, {'role': 'assistant', 'content': [{'type': 'tool_use', 'id': 't1', 'name': 'f', 'input': {'a': 1.0}, 'cache_control': {}, 'extra_content': {'s': 1}, 'type2': 1, 'function': {'name': 'g'}}]} | `user a\nassistant  t1 f{'a': 1.0}{extra_content={'s': 1}}`",
                "{'role': 'user', 'content': [{'type': 'text', 'text': 'b'}, {'type': 'tool_result', 'tool_use_id': 't1', 'content': 'r'}]} | `tool r for t1\nuser b`",
                "{'role': 'user', 'content': [{'type': 'tool_result', 'tool_use_id': 't1'}, {'type': 'text', 'text': 'b'}]} | `tool  for t1\nuser b`",
                "{'role': 'user', 'content': [{'type': 'tool_result', 'tool_use_id': 't1', 'is_error': true}, {'type': 'text', 'text': 'b'}]} | `tool Error for t1\nuser b`",
                "{'role': 'user', 'content': [{'type': 'tool_result', 'tool_use_id': 't1', 'is_error': true, 'content': 'Error: x'}, {'type': 'text', 'text': 'b'}]} | `tool Error: x for t1\nuser b`",
                "{'role': 'user', 'content': [{'type': 'tool_result', 'tool_use_id': 't1', 'content': [{'type': 'text', 'text': 'r'}, {'type': 'image', 'source': {'type': 'base64', 'media_type': 'image/png', 'data': 'AA=='}}, {'type': 'tool_reference', 'tool_name': 'g'}]}]} | `tool r\nTool: g for t1 [{'type':'image_url','image_url':{'url':'data:image/png;base64,AA=='}}]`",
            })
    void convertsMessages(String given, String expected) {
        assertThat(show(messages(given.replace('\'', '"')))).isEqualTo(expected.replace('\'', '"'));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | messages",
                "{'messages': []} | messages",
                "{'messages': [{'role': 'system', 'content': 'a'}]} | messages",
                "{'messages': [{'role': 'other', 'content': 'a'}]} | messages[0].role",
                "{'messages': [{'role': 'user'}]} | messages[0].content",
                "{'messages': [{'role': 'user', 'content': 5}]} | messages[0].content",
                "{'messages': [{'role': 'user', 'content': [{'text': 'a'}]}]} | messages[0].content[0].type",
                "{'messages': [{'role': 'user', 'content': [{'type': 'image', 'source': {'type': 'file', 'file_id': 'f'}}]}]} | messages[0].content[0].source.type",
                "{'messages': [{'role': 'user', 'content': [{'type': 'document', 'source': {'type': 'url', 'url': 'http://x'}}]}]} | messages[0].content[0].source.type",
                "{'messages': [{'role': 'assistant', 'content': [{'type': 'tool_use', 'id': 't', 'name': 'f', 'input': 'x'}]}]} | messages[0].content[0].input",
                "{'messages': [USER], 'tools': [{'name': 5}]} | tools[0].name",
                "{'messages': [USER], 'tool_choice': {'type': 'any'}} | tool_choice",
                "{'messages': [USER], 'tools': [{'name': 'f'}], 'tool_choice': {'type': 'tool', 'name': 'g'}} | tool_choice.name",
                "{'messages': [USER], 'max_tokens': 0} | max_tokens",
                "{'messages': [USER], 'x_o1': {'parent': null}} | x_o1.parent",
                "{'messages': [USER], 'tools': [{'type': 'web_search_20250305', 'name': 'w'}, {'name': 'f'}], 'tool_choice': {'type': 'tool', 'name': 'w'}} | tool_choice.name",
                "{'messages': [USER], 'tools': [{'name': 'f'}], 'tool_choice': {'type': 'other'}} | tool_choice.type",
                "{'messages': [USER], 'output_config': {'effort': 5}} | output_config.effort",
                "{'messages': [USER], 'output_config': {'format': {'type': 'json_schema'}}} | output_config.format.schema",
                "{'messages': [USER], 'output_config': {'format': {'type': 'xml', 'schema': {}}}} | output_config.format.type",
                "{'messages': [USER], 'output_format': {'type': 'json_schema'}} | output_format.schema",
            })
    void rejectsWhatCannotBeSent(String body, String param) {
        assertThatThrownBy(() -> read(body.replace("USER", USER).replace('\'', '"')))
                .isInstanceOfSatisfying(
                        RequestException.class, e -> assertThat(e.param()).isEqualTo(param));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "none",
            value = {
                "{} | none | SHOWN",
                "{'thinking': {'type': 'adaptive'}} | none | SHOWN",
                "{'thinking': {'type': 'adaptive', 'display': 'updates'}} | none | SHOWN",
                "{'thinking': {'type': 'adaptive', 'display': 'omitted'}, 'output_config': {'effort': 'max'}} | MAX | OMITTED",
                "{'thinking': {'type': 'enabled', 'budget_tokens': 31999}} | HIGH | SHOWN",
                "{'thinking': {'type': 'enabled', 'budget_tokens': 31999}, 'output_config': {'effort': 'low'}} | LOW | SHOWN",
                "{'thinking': {'type': 'disabled'}, 'output_config': {'effort': 'high'}} | NONE | DISABLED",
                "{'output_config': {'effort': 'xhigh'}} | XHIGH | SHOWN",
                "{'output_config': {'effort': 'most'}} | none | SHOWN",
                "{'output_config': {'effort': 'most'}, 'thinking': {'type': 'enabled', 'budget_tokens': 1024}} | LOW | SHOWN",
                "{'thinking': {'type': 'new', 'display': 'new'}} | none | SHOWN",
                "{'thinking': {'type': 'new', 'budget_tokens': 1024}} | none | SHOWN",
            })
    void readsHowMuchToReason(String fields, String effort, Thinking thinking) {
        MessageRequest request =
                read(("{'messages': [" + USER + "], " + fields.substring(1).strip())
                        .replace('\'', '"')
                        .replaceAll(", }$", "}"));
        assertThat(Objects.toString(request.effort(), null)).isEqualTo(effort);
        assertThat(request.thinking()).isEqualTo(thinking);
    }

    @Test
    void sendsOnlyKnownFields() {
        MessageRequest request = read(
                "{\"messages\": [" + USER + "], \"model\": \"thinker\", \"max_tokens\": 10, \"temperature\": 1,"
                        + " \"top_p\": 0.5, \"top_k\": 40, \"stop_sequences\": [\"x\"], \"metadata\": {\"user_id\": \""
                        + "u".repeat(100) + "\"},"
                        + " \"service_tier\": \"auto\", \"context_management\": {\"edits\": []}, \"safeguards\": [{\"type\": \"x\"}], \"unknown\": 1,"
                        + " \"output_config\": {\"format\": {\"type\": \"json_schema\", \"schema\": {\"type\": \"object\"}}}}");
        assertThat(request.model()).isEqualTo("thinker");
        assertThat(request.prompt().fields()).containsOnlyKeys("temperature", "top_p", "top_k", "user");
        assertThat(String.valueOf(request.prompt().fields().get("user"))).hasSize(38);
        assertThat(request.prompt().closingFields().toString())
                .isEqualTo(
                        "{stop=[\"x\"], response_format={\"type\":\"json_schema\",\"json_schema\":{\"name\":\"answer\","
                                + "\"schema\":{\"type\": \"object\"},\"strict\":true}}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'type': 'auto'} | {tool_choice='auto'}",
                "{'type': 'any', 'disable_parallel_tool_use': true} | {tool_choice='required', parallel_tool_calls=false}",
                "{'type': 'none'} | {tool_choice='none'}",
                "{'type': 'tool', 'name': 'f'} | {tool_choice={'type':'function','function':{'name':'f'}}}",
            })
    void convertsToolsAndTheChoice(String choice, String expected) {
        MessageRequest request = read(("{'messages': [" + USER + "], 'tool_choice': " + choice
                        + ", 'tools': [{'name': 'f', 'description': 'd', 'input_schema': {'type': 'object'}, 'cache_control': {}, 'defer_loading': true},"
                        + " {'type': 'web_search_20250305', 'name': 'web_search'}, {'type': 'custom', 'name': 'g', 'strict': true}]}")
                .replace('\'', '"'));
        assertThat(String.valueOf(request.prompt().tools()))
                .isEqualTo(
                        ("[{'type':'function','function':{'name':'f','description':'d','parameters':{'type': 'object'}}},"
                                        + "{'type':'function','function':{'name':'g','strict':true}}]")
                                .replace('\'', '"'));
        assertThat(request.prompt().closingFields().toString()).isEqualTo(expected.replace('\'', '"'));
    }

    private static String fixture(String name) {
        try (InputStream in = MessageRequestReaderTest.class.getResourceAsStream("/claude-code/" + name + ".json")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"first-request", "after-a-tool", "budget", "interactive-after-a-tool", "compact", "count-tokens"
            })
    void acceptsWhatClaudeCodeSends(String name) {
        MessageRequest request = read(fixture(name));
        assertThat(request.prompt().fields().keySet()).isSubsetOf("user");
        List<Message> messages = request.prompt().messages();
        assertThat(messages.stream().skip(1)).noneMatch(Message.System.class::isInstance);
        assertThat(messages)
                .allSatisfy(
                        message -> assertThat(message.content() == null || message.content() instanceof Content.Text)
                                .isTrue());
        assertThat(request.prompt().tools() == null).isEqualTo(name.equals("count-tokens"));
    }
}
