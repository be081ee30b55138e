package org.o1api.api.chat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

/** Times on the wire: seconds with three decimals. */
final class Seconds {
    private static final int DECIMALS = 3;
    private static final int DECIMALS_OF_NANOS = 9;

    private Seconds() {}

    /** Returns the time as a JSON number. */
    static String of(Duration time) {
        return ofNanos(time.toNanos());
    }

    /** Returns the time as a JSON number. */
    static String ofNanos(long nanos) {
        return BigDecimal.valueOf(nanos, DECIMALS_OF_NANOS)
                .setScale(DECIMALS, RoundingMode.HALF_UP)
                .toPlainString();
    }
}
