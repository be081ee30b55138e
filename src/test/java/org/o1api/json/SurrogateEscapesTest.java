package org.o1api.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SurrogateEscapesTest {
    /** With {@code /} for a backslash. */
    @ParameterizedTest
    @CsvSource({
        "a, a",
        "{\"/ud800\": 1}, {\"/ufffd\": 1}",
        "/ud800, /ufffd",
        "/uDBFF/u0041, /ufffd/u0041",
        "x/udfffy, x/ufffdy",
        "/ud83d/ude00, /ud83d/ude00",
        "/uD83D/uDE00/ude00, /uD83D/uDE00/ufffd",
        "/ude00/ud83d, /ufffd/ufffd",
        "/ud83d/ud83d/ude00, /ufffd/ud83d/ude00",
        "/ud83d /ude00, /ufffd /ufffd",
        "/ud83d//ude00, /ufffd//ude00",
        "//ud800, //ud800",
        "///ud800, ///ufffd",
        "////ud800, ////ud800",
        "/ud7ff/ue000/u0041, /ud7ff/ue000/u0041",
        "/ud80, /ud80",
        "/ud8zz, /ud8zz",
        "/ud\uff180\uff10, /ud\uff180\uff10", // digits of other scripts
        "/ud83d/ude0, /ufffd/ude0",
        "/u, /u",
    })
    void replacesUnpairedOnes(String json, String expected) {
        String text = json.replace('/', '\\');
        assertThat(SurrogateEscapes.replaceUnpaired(text)).isEqualTo(expected.replace('/', '\\'));
        assertThat(new String(
                        SurrogateEscapes.replaceUnpaired(text.getBytes(StandardCharsets.UTF_8)),
                        StandardCharsets.UTF_8))
                .isEqualTo(expected.replace('/', '\\'));
    }

    /** Columns: a string, how it is written. */
    @ParameterizedTest
    @MethodSource
    void writesNoUnpairedOnes(String text, String written) {
        byte[] string = Json.bytes(json -> json.writeString(text));
        byte[] raw = Json.bytes(json -> json.writeRawValue('"' + text + '"'));
        assertThat(new String(string, StandardCharsets.UTF_8)).isEqualTo('"' + written + '"');
        assertThat(new String(raw, StandardCharsets.UTF_8))
                .isIn('"' + written + '"', '"' + written.replace("\\ufffd", "\ufffd") + '"');
    }

    static Stream<Arguments> writesNoUnpairedOnes() {
        return Stream.of(
                arguments("a\ud83db", "a\\ufffdb"),
                arguments("a\ud83d", "a\\ufffd"),
                arguments("a\ude00b", "a\\ufffdb"),
                arguments("\ud83d\ud83d\ude00", "\\ufffd\ud83d\ude00"),
                arguments("\ud83d\ude00", "\ud83d\ude00"));
    }
}
