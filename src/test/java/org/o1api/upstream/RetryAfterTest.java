package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0                             | PT0S",
                "7                             | PT7S",
                "1.5                           | PT1.5S",
                "' 20 '                        | PT20S",
                "Sun, 22 Nov 2026 12:00:30 GMT | PT30S",
                "Sun, 22 Nov 2026 11:00:00 GMT | PT0S",
                "-1                            |",
                "soon                          |",
                "9999999999999999999           |",
                "''                            |"
            })
    void readsSecondsAndDates(String value, @Nullable Duration expected) {
        assertThat(RetryAfter.parse(value, NOW)).isEqualTo(expected);
    }

    @Test
    void nothingAsksForNothing() {
        assertThat(RetryAfter.parse(null, NOW)).isNull();
    }
}
