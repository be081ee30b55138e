package org.o1api.eval;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers as the reports show them. */
final class NumberText {
    private static final MathContext COST_DIGITS = new MathContext(3);

    private NumberText() {}

    /** A share in percent, such as {@code 37.8 %}. */
    static String percent(double share) {
        return Double.isNaN(share) ? "–" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    /** The bounds of a 95 % interval in percent. */
    static String interval(Proportion share) {
        return String.format(Locale.ROOT, "%.1f–%.1f", 100 * share.low(), 100 * share.high());
    }

    static String mean(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%,.0f", value);
    }

    static String seconds(double seconds) {
        return seconds < 10
                ? String.format(Locale.ROOT, "%.2f s", seconds)
                : String.format(Locale.ROOT, "%.0f s", seconds);
    }

    /** With three significant digits below 1, otherwise with cents. */
    static String cost(@Nullable BigDecimal cost, @Nullable String currency) {
        if (cost == null) {
            return "–";
        }
        String amount = cost.abs().compareTo(BigDecimal.ONE) < 0
                ? cost.round(COST_DIGITS).stripTrailingZeros().toPlainString()
                : String.format(Locale.ROOT, "%,.2f", cost);
        return currency == null ? amount : amount + " " + currency;
    }

    static String probability(double p) {
        return p < 0.001 ? "< 0.001" : String.format(Locale.ROOT, "%.3f", p);
    }
}
