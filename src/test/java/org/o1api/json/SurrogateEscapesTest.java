package org.o1api.json;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        assertThat(SurrogateEscapes.replaceUnpaired(json.replace('/', '\\'))).isEqualTo(expected.replace('/', '\\'));
    }
}
