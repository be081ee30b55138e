package org.o1api.eval;

/**
 * McNemar's test of two presets on the same questions (Q. McNemar, 1947): whether one of them is right more often where exactly one of
 * them is right. Two-sided p-values of the exact (binomial) test and of its mid-p variant, which is less conservative (M. W. Fagerland et
 * al., 2013, doi 10.1186/1471-2288-13-91).
 *
 * @param onlyFirst the number of pairs in which only the first one is right
 * @param onlySecond the number of pairs in which only the second one is right
 */
record McNemar(int onlyFirst, int onlySecond) {
    /** The probability of so unequal counts if both presets are equally good. */
    double exactP() {
        int n = onlyFirst + onlySecond;
        if (onlyFirst == onlySecond) {
            return 1;
        }
        double tail = 0;
        for (int k = 0; k <= Math.min(onlyFirst, onlySecond); k++) {
            tail += probability(k, n);
        }
        return Math.min(1, 2 * tail);
    }

    /** The same, with half the probability of the counts themselves. */
    double midP() {
        int n = onlyFirst + onlySecond;
        if (n == 0) {
            return 1;
        }
        double observed = probability(Math.min(onlyFirst, onlySecond), n);
        return onlyFirst == onlySecond ? 1 - observed / 2 : exactP() - observed;
    }

    /** The binomial probability of {@code k} of {@code n} with probability one half. */
    private static double probability(int k, int n) {
        double log = -n * Math.log(2);
        for (int i = 1; i <= k; i++) {
            log += Math.log(n - k + i) - Math.log(i);
        }
        return Math.exp(log);
    }
}
