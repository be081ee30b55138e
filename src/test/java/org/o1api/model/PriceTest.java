package org.o1api.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriceTest {
    private static final Price PRICE =
            new Price(new BigDecimal("2.50"), new BigDecimal("1.25"), new BigDecimal("3.10"), new BigDecimal("10.00"));

    @ParameterizedTest
    @CsvSource({
        "0,       0,   0,   0,       0",
        "1000000, 0,   0,   0,       2.50",
        "0,       0,   0,   1000000, 10",
        "1,       0,   0,   0,       0.0000025",
        "1000,    400, 0,   0,       0.002",
        "1000,    400, 100, 0,       0.00206",
        "1000,    400, 100, 7,       0.00213",
        "3000000000000, 0, 0, 1,     7500000.00001",
    })
    void isExact(long input, long cached, long cacheWrite, long output, BigDecimal cost) {
        assertThat(PRICE.cost(new Usage(input, cached, cacheWrite, output, 0))).isEqualByComparingTo(cost);
    }

    @Test
    void isNotNegative() {
        BigDecimal negative = new BigDecimal("-0.01");
        assertThatThrownBy(() -> new Price(negative, BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO))
                .hasMessage("a price must not be negative");
    }
}
