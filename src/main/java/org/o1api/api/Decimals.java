package org.o1api.api;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

/** Decimal numbers as JSON: times in seconds with three decimals, amounts of money without trailing zeros. */
public final class Decimals {
    private static final int DECIMALS_OF_SECONDS = 3;
    private static final int DECIMALS_OF_NANOS = 9;

    private Decimals() {}

    public static String seconds(Duration time) {
        return secondsOfNanos(time.toNanos());
    }

    public static String secondsOfNanos(long nanos) {
        return BigDecimal.valueOf(nanos, DECIMALS_OF_NANOS)
                .setScale(DECIMALS_OF_SECONDS, RoundingMode.HALF_UP)
                .toPlainString();
    }

    /** Never in scientific notation, which some clients cannot read. */
    public static String amount(BigDecimal money) {
        return money.stripTrailingZeros().toPlainString();
    }
}
