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
        return onlyFirst == onlySecond ? 1 : Math.min(1, 2 * tail());
    }

    /** The same, with half the probability of the counts themselves. */
    double midP() {
        if (onlyFirst + onlySecond == 0) {
            return 1;
        }
        double observed = Math.exp(logProbability(Math.min(onlyFirst, onlySecond)));
        return onlyFirst == onlySecond ? 1 - observed / 2 : exactP() - observed;
    }

    /** The probability of at most the smaller count, if both have the probability one half. */
    private double tail() {
        int smaller = Math.min(onlyFirst, onlySecond);
        double log = logProbability(smaller);
        double tail = 0;
        for (int k = smaller; k >= 0; k--) {
            tail += Math.exp(log);
            log += Math.log(k) - Math.log(onlyFirst + onlySecond - k + 1.0); // the one before, minus infinity after 0
        }
        return tail;
    }

    /** The logarithm of the binomial probability of a count. */
    private double logProbability(int count) {
        int n = onlyFirst + onlySecond;
        double log = -n * Math.log(2);
        for (int i = 1; i <= count; i++) {
            log += Math.log(n - count + i) - Math.log(i);
        }
        return log;
    }
}
