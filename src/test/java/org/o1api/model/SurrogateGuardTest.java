package org.o1api.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In the table, H is the first half of a pair and L the second one. */
class SurrogateGuardTest {
    @ParameterizedTest
    @CsvSource({
        "'', '', -1, 0",
        "ab, ab, -1, 2",
        "aHLb, aHLb, -1, 4",
        "H, ?, 0, 0",
        "L, ?, 0, 1",
        "aH, a?, 1, 1",
        "aHb, a?b, 1, 3",
        "LH, ??, 0, 1",
        "HHLL, ?HL?, 0, 4",
        "HLHLH, HLHL?, 4, 4"
    })
    void findsAndReplacesUnpairedSurrogates(String halves, String replaced, int index, int completeLength) {
        StringBuilder text = new StringBuilder(halves.replace('H', '\ud83d').replace('L', '\ude00'));
        assertThat(SurrogateGuard.indexOfUnpaired(text, 0, text.length())).isEqualTo(index);
        assertThat(SurrogateGuard.completeLength(text)).isEqualTo(completeLength);
        String expected = replaced.replace('H', '\ud83d').replace('L', '\ude00').replace('?', '\ufffd');
        assertThat(SurrogateGuard.replaceUnpaired(text.toString())).isEqualTo(expected);
        SurrogateGuard.replaceUnpaired(text, 0, text.length());
        assertThat(text).hasToString(expected);
    }

    @Test
    void looksAtTheRangeOnly() {
        StringBuilder text = new StringBuilder("\ude00a\ud83d\ude00");
        SurrogateGuard.replaceUnpaired(text, 1, 3);
        assertThat(text).hasToString("\ude00a\ufffd\ude00");
    }
}
