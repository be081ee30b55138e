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
                "1s1s1s1s1s1s                  | PT6S",
                "1.5                           | PT1.5S",
                "' 20 '                        | PT20S",
                "Sun, 22 Nov 2026 12:00:30 GMT | PT30S",
                "Sun, 22 Nov 2026 11:00:00 GMT | PT0S",
                "2026-11-22T12:00:30Z          | PT30S",
                "39.5s                         | PT39.5S",
                "35.123456789s                 | PT35.124S",
                "340ms                         | PT0.34S",
                "6m0s                          | PT6M",
                "1h2m3s                        | PT1H2M3S",
                "2d3h                          | PT51H",
                "1 minute                      | PT1M",
                "PT30S                         | PT30S",
                "P1D                           | PT24H",
                "PT-3S                         |",
                "3x                            |",
                "-1                            |",
                "soon                          |",
                "9999999999999999999           |",
                "''                            |"
            })
    void readsSecondsDatesAndDurations(String value, @Nullable Duration expected) {
        assertThat(RetryAfter.parse(value, NOW)).isEqualTo(expected);
    }

    @Test
    void returnsNullWithoutAValue() {
        assertThat(RetryAfter.parse(null, NOW)).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Please try again in 6m0s.                                      | PT6M",
                "Please try again in 9m38.016s. Need more tokens?               | PT9M38.016S",
                "Please try again in 20ms.                                      | PT0.02S",
                "Please try again in 1.5s                                       | PT1.5S",
                "Please try again in 20 seconds.                                | PT20S",
                "Please retry after 26 seconds.                                 | PT26S",
                "Rate limit is exceeded. Try again in 12 seconds.               | PT12S",
                "Please retry in 35.12s.                                        | PT35.12S",
                "Please try again in 1h2m3s. Contact us.                        | PT1H2M3S",
                "please wait 2 minutes and 5 seconds before you send more       | PT2M5S",
                "Retry after: 340 milliseconds                                  | PT0.34S",
                "Limit 500 requests per 1 minute.                               |",
                "Please try again in a moment.                                  |",
                "Please try again in 2026.                                      |",
                "Please try again later, 20 seconds were not enough             |",
                "''                                                             |"
            })
    void readsSentences(String message, @Nullable Duration expected) {
        assertThat(RetryAfter.findIn(message)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "retry-after         | 7     | PT7S",
                "Retry-After         | 1m30s | PT1M30S",
                "retry-after-ms      | 1234  | PT1.234S",
                "x-ms-retry-after-ms | 12.5  | PT0.013S",
                "retry-after-ms      | soon  |",
                "x-ratelimit-limit   | 7     |",
            })
    void readsHeaders(String name, String value, @Nullable Duration expected) {
        assertThat(RetryAfter.ofHeader(name, value)).isEqualTo(expected);
    }
}
