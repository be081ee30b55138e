package org.o1api.eval;

/**
 * A share of trials, with its 95 % confidence interval by Wilson's score (E. B. Wilson, 1927), which also holds for few trials and for
 * shares near 0 and 1.
 *
 * @param total at least {@code successes}; 0: the share is unknown
 */
record Proportion(int successes, int total) {
    /** The 97.5 % quantile of the normal distribution. */
    private static final double Z = 1.959963984540054;

    Proportion {
        if (successes < 0 || successes > total) {
            throw new IllegalArgumentException(successes + " of " + total);
        }
    }

    /** The share, 0 to 1; not a number if there are no trials. */
    double value() {
        return (double) successes / total;
    }

    double low() {
        return total == 0 ? 0 : Math.max(0, center() - halfWidth());
    }

    double high() {
        return total == 0 ? 1 : Math.min(1, center() + halfWidth());
    }

    private double center() {
        return (value() + Z * Z / (2 * total)) / (1 + Z * Z / total);
    }

    private double halfWidth() {
        double p = value();
        return Z * Math.sqrt(p * (1 - p) / total + Z * Z / (4.0 * total * total)) / (1 + Z * Z / total);
    }
}
