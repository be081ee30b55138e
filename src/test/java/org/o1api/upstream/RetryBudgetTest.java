package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryBudgetTest {
    @ParameterizedTest
    @CsvSource({"1, 100", "2, 200", "3, 400", "11, 102400", "1000, 102400"})
    void backsOffExponentiallyWithJitter(int attempts, long maxMillis) {
        Set<Duration> waits = IntStream.range(0, 1000)
                .mapToObj(i -> RetryBudget.backoff(attempts))
                .collect(Collectors.toSet());
        assertThat(waits).allSatisfy(wait -> assertThat(wait).isBetween(Duration.ZERO, Duration.ofMillis(maxMillis)));
        assertThat(waits).hasSizeGreaterThan(50);
        assertThat(waits).anyMatch(wait -> wait.toMillis() > maxMillis / 2);
    }

    @Test
    void isConsumedOnce() {
        RetryBudget retries = new RetryBudget(2);
        assertThat(IntStream.range(0, 5).mapToObj(i -> retries.tryConsume()))
                .containsExactly(true, true, false, false, false);
    }
}
