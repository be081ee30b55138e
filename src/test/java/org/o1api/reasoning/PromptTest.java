package org.o1api.reasoning;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.model.RawJson;

class PromptTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            response_format    | {"type":"json_object"}          | true
            guided_json        | {"type":"object"}               | true
            json_schema        | {"type":"object"}               | true
            format             | "json"                          | true
            structured_outputs | {"json":{"type":"object"}}      | true
            structured_outputs | {"json_object":true}            | true
            structured_outputs | {"choice":["json","yes"]}       | false
            structured_outputs | {"regex":"[0-9]+"}              | false
            guided_choice      | ["json"]                        | false
            grammar            | "root ::= [0-9]"                | false
            stop               | "json"                          | false
            """)
    void recognizesFieldsThatRequireJson(String field, String value, boolean json) {
        assertThat(Prompt.requiresJson(Map.of(field, new RawJson(value)))).isEqualTo(json);
    }
}
