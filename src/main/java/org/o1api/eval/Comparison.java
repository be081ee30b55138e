package org.o1api.eval;

/**
 * Two presets on the questions that both have answered.
 *
 * @param bothRight the number of pairs in which both are right
 * @param bothWrong the number of pairs in which both are wrong
 */
record Comparison(String first, String second, int bothRight, int bothWrong, McNemar test) {
    int pairs() {
        return bothRight + bothWrong + test.onlyFirst() + test.onlySecond();
    }

    /** By how much the first one's accuracy is higher; not a number if there are no pairs. */
    double difference() {
        return (double) (test.onlyFirst() - test.onlySecond()) / pairs();
    }
}
