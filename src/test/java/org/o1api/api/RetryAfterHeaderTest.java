package org.o1api.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.model.ErrorCode;

/** The delay in the header {@code Retry-After}. */
class RetryAfterHeaderTest {
    @ParameterizedTest
    @CsvSource({
        "UPSTREAM_RATE_LIMIT, PT39.5S, 40",
        "UPSTREAM_RATE_LIMIT, PT2M, 120",
        "UPSTREAM_RATE_LIMIT, PT999999999S, 120",
        "UPSTREAM_UNAVAILABLE, P10D, 120",
        "UPSTREAM_RATE_LIMIT, PT0S, 1",
        "UPSTREAM_RATE_LIMIT, , 5",
        "UPSTREAM_UNAVAILABLE, , "
    })
    void isRoundedUpAndAtMostTwoMinutes(ErrorCode code, Duration wait, String header) {
        assertThat(new ErrorBody(code, "m", null, wait)
                        .toErrorResponse()
                        .headers()
                        .get("Retry-After"))
                .isEqualTo(header);
    }
}
