package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.json.JsonSlices;
import org.o1api.model.RawJson;

class ReasoningTextTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            "a\\u0041\\n "                                           | ~aA\\n ~
            []                                                       | ~~
            [{"type":"reasoning.text","text":"a"}]                   | ~a~
            [{"type":"reasoning.summary","summary":"a"},{"type":"reasoning.text","text":"b"}] | ~a\\n\\nb~
            [{"index":0,"text":"a"},{"index":0,"text":"b"},{"index":1,"text":"c"}] | ~ab\\n\\nc~
            [{"type":"reasoning.encrypted","data":"AAAA"}]           | ~~
            [{"type":"reasoning.text","text":null,"signature":"x"}]  | ~~
            [1,"a",{"text":{"a":1}}]                                 | ~~
            {"text":"a"}                                             | ~~
            null                                                     | ~~
            7                                                        | ~~
            " "                                                      | ~~
            """)
    void readsEachFormat(String value, String text) {
        assertThat(ReasoningText.of(Map.of("reasoning_details", new RawJson(value))))
                .isEqualTo(text.replace("\\n", "\n"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            [{"type":"thinking","thinking":"a","signature":"s"}]              | a
            [{"type":"redacted_thinking","data":"AAAA"}]                      | ~~
            [{"type":"redacted_thinking","data":"AAAA"},{"type":"thinking","thinking":"a"}] | a
            """)
    void readsBlocks(String value, String text) {
        assertThat(ReasoningText.of(Map.of("thinking_blocks", new RawJson(value))))
                .isEqualTo(text);
    }

    @Test
    void usesTheFirstFieldWithText() {
        Map<String, RawJson> reasoning = new LinkedHashMap<>();
        reasoning.put("reasoning_details", new RawJson("[{\"text\":\"details\"}]"));
        assertThat(ReasoningText.of(reasoning)).isEqualTo("details");
        reasoning.put("reasoning", new RawJson(JsonSlices.quoted("reasoning")));
        assertThat(ReasoningText.of(reasoning)).isEqualTo("reasoning");
        reasoning.put("reasoning_content", new RawJson("\"\""));
        assertThat(ReasoningText.of(reasoning)).isEqualTo("reasoning");
        reasoning.put("reasoning_content", new RawJson(JsonSlices.quoted("content")));
        assertThat(ReasoningText.of(reasoning)).isEqualTo("content");
    }
}
