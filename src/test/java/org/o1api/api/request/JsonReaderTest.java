package org.o1api.api.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.api.ApiSettings;
import org.o1api.api.RequestException;
import org.o1api.model.ErrorCode;

/** Reading a value in any way finds the same syntax errors. */
class JsonReaderTest {
    private static void read(String value, Consumer<JsonReader> how) {
        try (JsonReader json = new JsonReader("{\"a\": " + value + "}", ApiSettings.RequestLimits.DEFAULT)) {
            json.readBody(name -> how.accept(json));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"x\\x\"",
                "\"x\\u12\"",
                "\"x\nx\"",
                "\"x",
                "\"x\\",
                "[\"x\\x\"]",
                "[\"x\nx\"]",
                "[\"x]",
                "[\"x\"",
                "{\"x\": \"\\u00g0\"}",
                "{\"x\": \"y\"",
            })
    void rejectsMalformedValues(String value) {
        assertRejects(value, JsonReader::raw);
        assertRejects(value, JsonReader::slice);
        assertRejects(value, JsonReader::skip);
        assertRejects(value, json -> json.text());
    }

    private static void assertRejects(String value, Consumer<JsonReader> how) {
        assertThatThrownBy(() -> read(value, how)).isInstanceOfSatisfying(RequestException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_JSON);
            assertThat(e.getMessage()).startsWith("The request body is not valid JSON: syntax error at line ");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"\"",
                "\"x\\\"y\\\\\"",
                "\"\u2026\\n\"",
                "[\"]\", {} ]",
                "{ \"x\": [\"}\"] }",
                "1.0",
                "-2E+3",
                "true"
            })
    void returnsValuesUnmodified(String value) {
        read(value, json -> assertThat(json.raw().text()).isEqualTo(value));
        read(value, json -> assertThat(json.slice().raw().text()).isEqualTo(value));
    }
}
