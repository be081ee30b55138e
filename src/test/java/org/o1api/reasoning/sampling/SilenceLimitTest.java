package org.o1api.reasoning.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SilenceLimitTest {
    @Test
    void thereIsNoneWithoutAnAnswer() {
        assertThat(new SilenceLimit().limit()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, PT0S, PT10S",
        "PT1S, PT2S, PT10S",
        "PT3.333S, PT1S, PT10S",
        "PT3.334S, PT1S, PT10.002S",
        "PT1S, PT40S, PT120S",
        "PT40S, PT1S, PT120S"
    })
    void itIsThreeTimesTheLongestSample(Duration first, Duration second, Duration limit) {
        SilenceLimit silence = new SilenceLimit();

        List.of(first, second).forEach(silence::add);

        assertThat(silence.limit()).isEqualTo(limit);
    }
}
