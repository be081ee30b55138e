package org.o1api.api.responses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.api.ApiSettings;
import org.o1api.api.RequestException;
import org.o1api.model.Effort;
import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;
import org.o1api.model.Message;
import org.o1api.model.Mode;
import org.o1api.model.RawJson;
import org.o1api.reasoning.Prompt;

/** What the fields of a request mean, for the turn and for the response that repeats them. */
class ResponseRequestReaderTest {
    private static ResponseRequest read(String fields) {
        String body = fields.contains("'input'") || fields.contains("'messages'")
                ? "{" + fields + "}"
                : "{'input': 'Hi'" + (fields.isEmpty() ? "" : ", " + fields) + "}";
        return reader(body).withInput(KnownItems.NONE);
    }

    private static ResponseRequestReader reader(String body) {
        return ResponseRequestReader.readFields(
                body.replace('\'', '"'), new ApiSettings.RequestLimits(1 << 20, 3, 20, 1000));
    }

    private static String show(Map<String, RawJson> fields) {
        return fields.toString().replace('"', '\'');
    }

    @Test
    void readsATextAsAUserMessage() {
        ResponseRequest request = read("'instructions': 'Be brief.', 'model': 'thinker'");
        assertThat(request.instructions()).containsExactly(Message.system("Be brief."));
        assertThat(request.prompt().messages()).containsExactly(Message.user("Hi"));
        assertThat(request.input().items()).isEqualTo(1);
        assertThat(read("'instructions': ''").instructions()).isEmpty();
        assertThat(request.model()).isEqualTo("thinker");
    }

    /** Columns: the request, the fields of each call, the fields of the closing call. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'temperature': 0.50, 'top_p': 1 | {temperature=0.50, top_p=1} | {}",
                "'presence_penalty': 1, 'frequency_penalty': -1 | {presence_penalty=1, frequency_penalty=-1} | {}",
                "'user': 'u', 'safety_identifier': 's' | {user='u', safety_identifier='s'} | {}",
                "'text': {'verbosity': 'low'} | {} | {verbosity='low'}",
                "'text': {'format': {'type': 'text'}} | {} | {}",
                "'text': {'format': {'type': 'json_object'}} | {} | {response_format={'type':'json_object'}}",
                "'text': {'format': {'type': 'json_schema', 'name': 'n', 'schema': {'a': 1.0}, 'strict': true}}"
                        + " | {} | {response_format={'type':'json_schema','json_schema':{'name':'n','schema':{'a': 1.0},'strict':true}}}",
                "'parallel_tool_calls': false, 'tool_choice': 'auto' | {} | {}",
                "'tools': [{'type': 'function', 'name': 'f'}], 'parallel_tool_calls': false, 'tool_choice': 'required'"
                        + " | {} | {parallel_tool_calls=false, tool_choice='required'}",
                "'tools': [{'type': 'web_search'}], 'tool_choice': 'auto' | {} | {}",
                "'metadata': {'k': 'v'}, 'store': true, 'client_metadata': {}, 'prompt_cache_key': 'p', 'max_tool_calls': 3, 'seed': 7 | {} | {}",
                "'include': ['reasoning.encrypted_content'], 'service_tier': 'flex', 'background': false, 'top_logprobs': 0 | {} | {}",
                "'stream_options': {'include_obfuscation': false}, 'truncation': 'disabled', 'stream': true | {} | {}",
            })
    void sendsFieldsToTheProvider(String fields, String all, String closing) {
        Prompt prompt = read(fields).prompt();
        assertThat(show(prompt.fields())).isEqualTo(all);
        assertThat(show(prompt.closingFields())).isEqualTo(closing);
    }

    /** Columns: the request, and a field of the response. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'temperature': 0.50 | temperature | 0.50",
                "'instructions': 'x' | instructions | 'x'",
                "'max_output_tokens': 7 | max_output_tokens | 7",
                "'metadata': {'k': 'v'} | metadata | {'k':'v'}",
                "'parallel_tool_calls': false | parallel_tool_calls | false",
                "'prompt_cache_key': 'p' | prompt_cache_key | 'p'",
                // at most 64 characters are repeated
                "'prompt_cache_key': '1234567890123456789012345678901234567890123456789012345678901234' | prompt_cache_key"
                        + " | '1234567890123456789012345678901234567890123456789012345678901234'",
                "'prompt_cache_key': '12345678901234567890123456789012345678901234567890123456789012345' | prompt_cache_key | null",
                "'store': false | store | true",
                "'previous_response_id': 'resp_1' | previous_response_id | 'resp_1'",
                "'conversation': 'c' | conversation | {'id':'c'}",
                "'conversation': {'id': 'c', 'x': 1} | conversation | {'id':'c'}",
                "'conversation': null | conversation | null",
                "'truncation': 'disabled' | truncation | 'disabled'",
                "'tool_choice': 'none' | tool_choice | 'none'",
                "'tools': [{'type': 'function', 'name': 'f'}], 'tool_choice': {'type': 'allowed_tools', 'mode': 'auto',"
                        + " 'tools': [{'type': 'web_search'}, {'type':'function','name':'f'}]} | tool_choice"
                        + " | {'type':'allowed_tools','mode':'auto','tools':[{'type':'function','name':'f'}]}",
                "'tool_choice': {'type': 'allowed_tools', 'mode': 'auto', 'tools': [{'type': 'web_search'}]} | tool_choice | 'none'",
                "'max_tool_calls': 3 | max_tool_calls | null",
                "'user': 'u' | user | 'u'",
                "'text': {'format': {'type': 'json_schema', 'name': 'n', 'schema': {}}, 'verbosity': 'high'} | text"
                        + " | {'format':{'type':'json_schema','name':'n','schema':{},'strict':false},'verbosity':'high'}",
                "'reasoning': {'effort': 'max', 'summary': 'auto', 'context': 'all_turns', 'mode': 'pro'} | reasoning"
                        + " | {'effort':'max','summary':'auto','mode':'pro','context':'all_turns'}",
                "'model': 'x' | reasoning | {'effort':null,'summary':null,'mode':'standard'}",
            })
    void repeatsSettings(String fields, String name, String repeated) {
        ResponseRequest request = read(fields);
        RawJson value = request.settings(
                        request.reasoning().effort(), request.reasoning().mode(), true)
                .get(name);
        assertThat(String.valueOf(value).replace('"', '\'')).isEqualTo(repeated);
    }

    @Test
    void readsWhatSelectsTheReasoning() {
        ResponseRequest request = read(
                "'reasoning': {'effort': 'high', 'mode': 'pro'}, 'x_o1': {'strategy': 'vote'}, 'max_output_tokens': 9");
        assertThat(request.reasoning().effort()).isEqualTo(Effort.HIGH);
        assertThat(request.reasoning().mode()).isEqualTo(Mode.PRO);
        assertThat(request.options().strategy()).isEqualTo("vote");
        assertThat(request.prompt().maxTokens()).isEqualTo(new Prompt.MaxTokens("max_tokens", 9));
        assertThat(request.excludesReasoning()).isFalse();
        assertThat(read("'reasoning': {'exclude': true}").excludesReasoning()).isTrue();
    }

    /** Columns: the request; store, previous response, conversation, whether it may be truncated, whether reasoning is encrypted. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'model': 'x' | null null null true false",
                "'store': true | true null null true false",
                "'store': false, 'include': ['reasoning.encrypted_content', 'x'] | false null null true true",
                "'store': null, 'include': ['x'] | null null null true false",
                "'previous_response_id': 'resp_1', 'truncation': 'disabled' | null resp_1 null false false",
                "'conversation': 'c', 'truncation': 'auto' | null null c true false",
                "'conversation': {'id': 'c'}, 'previous_response_id': null | null null c true false",
            })
    void readsWhatItContinuesAndStores(String fields, String expected) {
        ResponseState state = read(fields).state();
        assertThat(state.store() + " " + state.previousResponse() + " " + state.conversation() + " "
                        + state.mayTruncate() + " " + state.encryptsReasoning())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"additional_tools", "additional\\u005ftools"})
    void findsToolsAnywhereInTheInput(String type) {
        ResponseRequest request =
                read("'tool_choice': {'type': 'custom', 'namespace': 'functions', 'name': 'exec'}, 'input': ["
                        + "{'type': 'custom_tool_call', 'call_id': 'c', 'namespace': 'functions', 'name': 'exec', 'input': 'ls'},"
                        + "{'type': 'custom_tool_call_output', 'call_id': 'c', 'output': 'x'},"
                        + "{'type': '" + type
                        + "', 'role': 'developer', 'tools': [{'type': 'namespace', 'name': 'functions',"
                        + " 'description': '', 'tools': [{'type': 'custom', 'name': 'exec'}]}]}]");
        assertThat(String.valueOf(request.prompt().tools())).contains("\"name\":\"functions__exec\"");
        assertThat(request.settings().get("tools")).isEqualTo(new RawJson("[]"));
        assertThat(String.valueOf(request.prompt().closingFields().get("tool_choice")))
                .contains("functions__exec");
        assertThat(request.input().items()).isEqualTo(2);
    }

    /** Of duplicate keys the last one counts. */
    @Test
    void usesTheLastOfDuplicateFields() {
        ResponseRequest request =
                read("'tools': [{'type': 'function', 'name': 'a'}], 'text': {'format': {'type': 'json_object'}},"
                        + " 'tools': [{'type': 'function', 'name': 'b'}], 'text': {}");
        assertThat(String.valueOf(request.prompt().tools())).contains("\"b\"").doesNotContain("\"a\"");
        assertThat(request.prompt().closingFields()).isEmpty();
    }

    /** Only the history shows whether the conversation waits for an answer. */
    @Test
    void acceptsAnInputWithoutMessagesIfThereIsAConversation() {
        assertThat(read("'input': [], 'conversation': 'c'").prompt().messages()).isEmpty();
        assertThat(read("'input': [{'type': 'reasoning'}], 'conversation': 'c'")
                        .prompt()
                        .messages())
                .isEmpty();
    }

    /** Columns: a request whose tokens are counted, its messages. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{} | 0", "{\"input\": []} | 0", "{\"instructions\": \"x\"} | 0", "{\"input\": \"x\"} | 1"})
    void countsARequestWithoutAnInput(String body, int messages) {
        assertThat(reader(body).withOptionalInput(KnownItems.NONE).prompt().messages())
                .hasSize(messages);
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "[]", "5", "{\"input\": \"Hi\"} {}", "{\"input\": "})
    void rejectsWhatIsNoObject(String body) {
        assertThatThrownBy(() -> ResponseRequestReader.readFields(body, ApiSettings.RequestLimits.DEFAULT))
                .isInstanceOfSatisfying(
                        RequestException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_JSON));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'input': null | input | INVALID_REQUEST",
                "'input': [] | input | INVALID_REQUEST",
                "'input': 5 | input | INVALID_REQUEST",
                "'input': [{'type': 'reasoning', 'summary': []}] | input | INVALID_REQUEST",
                "'input': [{'role': 'user', 'content': '1'}, {'role': 'user', 'content': '2'}, {'role': 'user', 'content': '3'}, {'role': 'user', 'content': '4'}] | input | INVALID_REQUEST",
                "'messages': [] | messages | INVALID_REQUEST",
                "'model': 5 | model | INVALID_REQUEST",
                "'instructions': 5 | instructions | INVALID_REQUEST",
                "'temperature': 3 | temperature | INVALID_REQUEST",
                "'max_output_tokens': 0 | max_output_tokens | INVALID_REQUEST",
                "'metadata': {'k': 5} | metadata.k | INVALID_REQUEST",
                "'truncation': 'none' | truncation | INVALID_REQUEST",
                "'text': {'verbosity': 'loud'} | text.verbosity | INVALID_REQUEST",
                "'text': {'format': {'type': 'grammar'}} | text.format.type | INVALID_REQUEST",
                "'text': {'format': {'type': 'json_schema', 'schema': {}}} | text.format.name | INVALID_REQUEST",
                "'text': {'format': {'type': 'json_schema', 'name': 'n'}} | text.format.schema | INVALID_REQUEST",
                "'reasoning': {'effort': 'extreme'} | reasoning.effort | INVALID_REQUEST",
                "'reasoning': {'mode': 'fast'} | reasoning.mode | INVALID_REQUEST",
                "'reasoning': {'summary': 'none'} | reasoning.summary | INVALID_REQUEST",
                "'reasoning': {'context': 'x'} | reasoning.context | INVALID_REQUEST",
                "'tool_choice': 'required' | tool_choice | INVALID_REQUEST",
                "'tools': [{'type': 'web_search'}], 'tool_choice': 'required' | tool_choice | INVALID_REQUEST",
                "'tools': {} | tools | INVALID_REQUEST",
                "'safety_identifier': 'x234567890x234567890x234567890x234567890x234567890x234567890x2345' | safety_identifier | INVALID_REQUEST",
                "'background': true | background | UNSUPPORTED_VALUE",
                "'conversation': 5 | conversation | INVALID_REQUEST",
                "'conversation': {} | conversation.id | INVALID_REQUEST",
                "'conversation': '' | conversation | INVALID_REQUEST",
                "'conversation': 'a/b' | conversation | INVALID_REQUEST",
                "'conversation': {'id': 'unnamed/x'} | conversation.id | INVALID_REQUEST",
                "'conversation': 'c', 'previous_response_id': 'resp_1' | previous_response_id | INVALID_REQUEST",
                "'conversation': 'c', 'x_o1': {'parent': null} | x_o1.parent | UNSUPPORTED_VALUE",
                "'store': 'no' | store | INVALID_REQUEST",
                "'include': 'x' | include | INVALID_REQUEST",
                "'include': [5] | include[0] | INVALID_REQUEST",
                "'prompt': {'id': 'p'} | prompt | UNSUPPORTED_VALUE",
                "'top_logprobs': 3 | top_logprobs | UNSUPPORTED_VALUE",
                "'include': ['message.output_text.logprobs'] | include[0] | UNSUPPORTED_VALUE",
                "'previous_response_id': 5 | previous_response_id | INVALID_REQUEST",
            })
    void rejects(String fields, String param, ErrorCode code) {
        assertThatThrownBy(() -> read(fields)).isInstanceOfSatisfying(GatewayException.class, e -> {
            assertThat(e.param()).isEqualTo(param);
            assertThat(e.code()).isEqualTo(code);
        });
    }

    @Test
    void acceptsNamesOf256Characters() {
        String longest = "x".repeat(256);
        assertThat(read("'model': '" + longest + "'").model()).isEqualTo(longest);
        for (String fields :
                List.of("'model': '" + longest + "x'", "'tools': [{'type': 'function', 'name': '" + longest + "x'}]")) {
            assertThatThrownBy(() -> read(fields)).isInstanceOf(RequestException.class);
        }
    }
}
