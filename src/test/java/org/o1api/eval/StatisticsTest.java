package org.o1api.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatisticsTest {
    /** The first four are those of R. G. Newcombe (1998), table I. */
    @ParameterizedTest
    @CsvSource({
        "81, 263, 0.2553, 0.3662",
        "15, 148, 0.0624, 0.1605",
        "0, 20, 0.0000, 0.1611",
        "1, 29, 0.0061, 0.1718",
        "0, 10, 0.0000, 0.2775",
        "10, 10, 0.7225, 1.0000",
        "0, 0, 0, 1",
    })
    void theIntervalOfAShareIsWilsons(int successes, int total, double low, double high) {
        Proportion share = new Proportion(successes, total);

        assertThat(share.low()).isCloseTo(low, within(5e-5)).isNotNegative();
        assertThat(share.high()).isCloseTo(high, within(5e-5)).isLessThanOrEqualTo(1);
    }

    /** 1 and 7, and 6 and 16, are the examples of M. W. Fagerland et al. (2013); the others are sums of binomial probabilities. */
    @ParameterizedTest
    @CsvSource({
        "1, 7, 0.070313, 0.039063",
        "6, 16, 0.052479, 0.034690",
        "16, 6, 0.052479, 0.034690",
        "2, 10, 0.038574, 0.022461",
        "5, 0, 0.062500, 0.031250",
        "10, 10, 1, 0.911901",
        "300, 370, 0.007636, 0.006842",
        "0, 1, 1, 0.5",
        "0, 0, 1, 1",
    })
    void comparesPairsByMcNemarsTest(int onlyFirst, int onlySecond, double exact, double mid) {
        McNemar test = new McNemar(onlyFirst, onlySecond);

        assertThat(test.exactP()).isCloseTo(exact, within(1e-6));
        assertThat(test.midP()).isCloseTo(mid, within(1e-6));
    }

    @ParameterizedTest
    @CsvSource({"3000, 3000", "20000, 20500"})
    void staysWithinItsRangeForManyPairs(int onlyFirst, int onlySecond) {
        McNemar test = new McNemar(onlyFirst, onlySecond);

        assertThat(test.exactP()).isBetween(0.0, 1.0);
        assertThat(test.midP()).isGreaterThan(0).isLessThanOrEqualTo(test.exactP());
    }
}
