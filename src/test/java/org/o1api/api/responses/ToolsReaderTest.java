package org.o1api.api.responses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.api.RequestException;
import org.o1api.api.responses.ToolNames.Kind;
import org.o1api.api.responses.ToolNames.Tool;
import org.o1api.model.ErrorCode;
import org.o1api.model.RawJson;

/** The functions that the tools of a request become, and the choice among them. */
class ToolsReaderTest {
    private static RequestTools read(String list) {
        ToolsReader reader = new ToolsReader();
        reader.read(new RawJson(list.replace('\'', '"')), "tools");
        return reader.tools();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'type': 'function', 'name': 'f', 'parameters': {'a': 1.50}, 'strict': null, 'defer_loading': true}"
                        + " | {'type':'function','function':{'name':'f','parameters':{'a': 1.50}}}"
                        + " | {'type':'function','name':'f','parameters':{'a': 1.50},'defer_loading':true,'description':null,'strict':null}",
                "{'type': 'function', 'name': 'f', 'description': 'd', 'parameters': {}, 'strict': true}"
                        + " | {'type':'function','function':{'name':'f','description':'d','parameters':{},'strict':true}}"
                        + " | {'type':'function','name':'f','description':'d','parameters':{},'strict':true}",
                "{'type': 'custom', 'name': 'c', 'description': 'd'}"
                        + " | {'type':'function','function':{'name':'c','description':'d','parameters':{'type':'object','properties':{'input':{'type':'string'}},'required':['input'],'additionalProperties':false}}}"
                        + " | {'type': 'custom', 'name': 'c', 'description': 'd'}",
                "{'type': 'namespace', 'name': 'n', 'tools': [{'type': 'function', 'name': 'f'}]}"
                        + " | {'type':'function','function':{'name':'n__f'}}"
                        + " | {'type':'namespace','name':'n','tools':[{'type': 'function', 'name': 'f'}],'description':''}",
                "{'type': 'namespace', 'name': 'n', 'description': 'd', 'tools': [{'type': 'function', 'name': 'f', 'description': 'e'}]}"
                        + " | {'type':'function','function':{'name':'n__f','description':'d\\n\\ne'}}"
                        + " | {'type': 'namespace', 'name': 'n', 'description': 'd', 'tools': [{'type': 'function', 'name': 'f', 'description': 'e'}]}",
            })
    void convertsATool(String tool, String provided, String repeated) {
        RequestTools tools = read("[{'type': 'web_search'}, " + tool + "]");
        assertThat(tools.provided()).isEqualTo(new RawJson("[" + provided.replace('\'', '"') + "]"));
        assertThat(tools.repeated()).isEqualTo(new RawJson("[" + repeated.replace('\'', '"') + "]"));
    }

    @Test
    void tellsTheModelTheGrammarOfACustomTool() {
        RequestTools tools = read("[{'type': 'custom', 'name': 'c', 'description': 'd',"
                + " 'format': {'type': 'grammar', 'syntax': 'lark', 'definition': 'start: x'}}]");
        assertThat(String.valueOf(tools.provided()))
                .contains("\"description\":\"d\\n\\nThe input must match this grammar (lark):\\nstart: x\"");
    }

    @Test
    void leavesOutHostedTools() {
        RequestTools tools = read("[{'type': 'web_search'}, {'type': 'mcp', 'server_label': 'x'}]");
        assertThat(tools.provided()).isNull();
        assertThat(tools.repeated()).isEqualTo(new RawJson("[]"));
    }

    @Test
    void addsToolsOfTheInputWithoutRepeatingThem() {
        ToolsReader reader = new ToolsReader();
        reader.read(new RawJson("[{\"type\":\"custom\",\"name\":\"a\"}]"), "tools");
        reader.readAdditional(new RawJson("[{\"type\":\"function\",\"name\":\"b\"}]"), "input[0].tools");
        RequestTools tools = reader.tools();
        assertThat(tools.repeated()).isEqualTo(new RawJson("[{\"type\":\"custom\",\"name\":\"a\"}]"));
        assertThat(tools.names().all().keySet()).containsExactly("a", "b");
    }

    /** The names must be valid for OpenAI, different, and the same in each request. */
    @Test
    void namesToolsOfNamespaces() {
        String longName = "x".repeat(60);
        ToolNames names =
                read("[{'type': 'namespace', 'name': 'a.b', 'tools': [{'type': 'function', 'name': 'f'}, {'type': 'custom', 'name': '"
                                + longName
                                + "'}]}, {'type': 'namespace', 'name': 'a_b', 'tools': [{'type': 'function', 'name': 'f'}]}, {'type': 'function', 'name': 'f'}]")
                        .names();
        String other = names.providerName("a_b", "f");
        assertThat(names.providerName("a.b", "f")).isEqualTo("a_b__f");
        assertThat(other).startsWith("a_b__f_").isNotEqualTo("a_b__f");
        assertThat(names.called(other)).isEqualTo(new Tool(Kind.FUNCTION, "a_b", "f"));
        assertThat(names.called("f")).isEqualTo(new Tool(Kind.FUNCTION, null, "f"));
        assertThat(names.called("unknown")).isEqualTo(new Tool(Kind.FUNCTION, null, "unknown"));
        String shortened = names.providerName("a.b", longName);
        assertThat(shortened).hasSize(64).matches("[A-Za-z0-9_-]+");
        assertThat(names.called(shortened)).isEqualTo(new Tool(Kind.CUSTOM, "a.b", longName));
        assertThat(names.all().keySet()).doesNotHaveDuplicates().hasSize(4);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[5] | tools[0]",
                "[{}] | tools[0].type",
                "[{'type': 'function'}] | tools[0].name",
                "[{'type': 'function', 'name': 5}] | tools[0].name",
                "[{'type': 'function', 'name': 'f', 'parameters': []}] | tools[0].parameters",
                "[{'type': 'function', 'name': 'f', 'strict': 'yes'}] | tools[0].strict",
                "[{'type': 'custom', 'name': 'c', 'format': {'type': 'grammar', 'syntax': 'lark'}}] | tools[0].format.definition",
                "[{'type': 'namespace', 'name': 'n'}] | tools[0].tools",
                "[{'type': 'namespace', 'name': 'n', 'tools': [{'type': 'web_search'}]}] | tools[0].tools[0].type",
            })
    void rejects(String list, String param) {
        assertThatThrownBy(() -> read(list))
                .isInstanceOfSatisfying(
                        RequestException.class, e -> assertThat(e.param()).isEqualTo(param));
    }

    private static final String TOOLS = "[{'type': 'function', 'name': 'f'}, {'type': 'custom', 'name': 'c'},"
            + " {'type': 'namespace', 'name': 'n', 'tools': [{'type': 'function', 'name': 'f'}]}]";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'required' | 'required'",
                "{'type': 'function', 'name': 'f'} | {'type':'function','function':{'name':'f'}}",
                "{'type': 'custom', 'name': 'c'} | {'type':'function','function':{'name':'c'}}",
                "{'type': 'function', 'namespace': 'n', 'name': 'f'} | {'type':'function','function':{'name':'n__f'}}",
                "{'type': 'allowed_tools', 'mode': 'auto', 'tools': [{'type': 'web_search'}, {'type': 'custom', 'name': 'c'}, {'type': 'namespace', 'name': 'n'}]}"
                        + " | {'type':'allowed_tools','allowed_tools':{'mode':'auto','tools':[{'type':'function','function':{'name':'c'}},{'type':'function','function':{'name':'n__f'}}]}}",
                "{'type': 'allowed_tools', 'mode': 'auto', 'tools': [{'type': 'namespace', 'name': 'n'}, {'type': 'namespace', 'name': 'gone'},"
                        + " {'type': 'namespace', 'name': 'n'}, {'type': 'function', 'namespace': 'n', 'name': 'f'}]}"
                        + " | {'type':'allowed_tools','allowed_tools':{'mode':'auto','tools':[{'type':'function','function':{'name':'n__f'}}]}}",
                "{'type': 'allowed_tools', 'mode': 'auto', 'tools': [{'type': 'web_search'}]} | 'none'",
            })
    void convertsAChoice(String choice, String provided) {
        RawJson read = new ToolChoiceReader(read(TOOLS).names()).read(new RawJson(choice.replace('\'', '"')));
        assertThat(read).isEqualTo(new RawJson(provided.replace('\'', '"')));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'any' | tool_choice | INVALID_REQUEST",
                "5 | tool_choice | INVALID_REQUEST",
                "{} | tool_choice.type | INVALID_REQUEST",
                "{'type': 'web_search'} | tool_choice.type | UNSUPPORTED_VALUE",
                "{'type': 'mcp', 'server_label': 'x'} | tool_choice.type | UNSUPPORTED_VALUE",
                "{'type': 'function', 'name': 'g'} | tool_choice.name | INVALID_REQUEST",
                "{'type': 'function', 'namespace': 'm', 'name': 'f'} | tool_choice.name | INVALID_REQUEST",
                "{'type': 'allowed_tools', 'mode': 'none', 'tools': []} | tool_choice.mode | INVALID_REQUEST",
                "{'type': 'allowed_tools', 'mode': 'auto'} | tool_choice.tools | INVALID_REQUEST",
                "{'type': 'allowed_tools', 'mode': 'required', 'tools': [{'type': 'web_search'}]} | tool_choice.tools | UNSUPPORTED_VALUE",
                "{'type': 'allowed_tools', 'mode': 'auto', 'tools': [{'type': 'function', 'name': 'g'}]} | tool_choice.tools[0].name | INVALID_REQUEST",
            })
    void rejectsAChoice(String choice, String param, ErrorCode code) {
        ToolChoiceReader reader = new ToolChoiceReader(read(TOOLS).names());
        assertThatThrownBy(() -> reader.read(new RawJson(choice.replace('\'', '"'))))
                .isInstanceOfSatisfying(RequestException.class, e -> {
                    assertThat(e.param()).isEqualTo(param);
                    assertThat(e.code()).isEqualTo(code);
                });
    }
}
