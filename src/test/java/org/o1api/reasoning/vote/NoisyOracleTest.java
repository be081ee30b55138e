package org.o1api.reasoning.vote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.reasoning.SamplingFixture;
import org.o1api.reasoning.ScriptedUpstream;
import org.o1api.reasoning.sampling.VoteSettings;

/**
 * The vote against a model that is right with a given probability. Accuracy and the mean number of samples are compared with those of a
 * simulation that is written differently: whole waves of an array, and exact integers.
 */
@Tag("slow")
class NoisyOracleTest {
    private static final int TURNS = 1200;
    private static final int SIMULATED = 200_000;
    private static final int RIGHT = 42;
    private static final int MAX = 8;

    private final SamplingFixture turn = new SamplingFixture();

    @AfterEach
    void stop() {
        turn.close();
    }

    /** What a model says: wrong answers have one value, or one of many. */
    private record Oracle(double right, int wrongValues, Random random) {
        int next() {
            return random.nextDouble() < right ? RIGHT : 100 + random.nextInt(wrongValues);
        }
    }

    /** The mean of what a turn scores, and its standard deviation. */
    private record Result(double accuracy, double samples, double samplesDeviation) {}

    @ParameterizedTest
    @CsvSource({"0.6, 1", "0.6, 40", "0.75, 1", "0.75, 40", "0.9, 1", "0.9, 40"})
    void agreesWithAnIndependentSimulation(double right, int wrongValues) {
        Result expected = simulated(new Oracle(right, wrongValues, new Random(1)));
        Oracle oracle = new Oracle(right, wrongValues, new Random(2));
        int correct = 0;
        int samples = 0;
        for (int i = 0; i < TURNS; i++) {
            ScriptedUpstream upstream = SamplingFixture.computed(call -> SamplingFixture.sample(oracle.next()));
            turn.run(VoteStrategyTest.vote(VoteSettings.DEFAULT), upstream);
            correct += turn.out().answer().equals("It is " + RIGHT + ".") ? 1 : 0;
            samples += Objects.requireNonNull(turn.report().samples()).started();
        }
        double deviation = Math.sqrt(expected.accuracy * (1 - expected.accuracy) / TURNS);
        assertThat((double) correct / TURNS).isEqualTo(expected.accuracy, within(4 * deviation + 1e-9));
        assertThat((double) samples / TURNS)
                .isEqualTo(expected.samples, within(4 * expected.samplesDeviation / Math.sqrt(TURNS)));
    }

    private static Result simulated(Oracle oracle) {
        long correct = 0;
        long samples = 0;
        long squares = 0;
        for (int i = 0; i < SIMULATED; i++) {
            int[] answers = new int[MAX];
            int used = 0;
            boolean decided = false;
            while (used < MAX && !decided) {
                int until = used == 0 ? 4 : used + 2;
                for (int k = used; k < until; k++) {
                    answers[k] = oracle.next();
                }
                for (int k = used + 1; k <= until && !decided; k++) {
                    decided = isDecided(answers, k);
                }
                used = until;
            }
            correct += leader(answers, used) == RIGHT ? 1 : 0;
            samples += used;
            squares += (long) used * used;
        }
        double mean = (double) samples / SIMULATED;
        return new Result((double) correct / SIMULATED, mean, Math.sqrt((double) squares / SIMULATED - mean * mean));
    }

    private static Map<Integer, Integer> counts(int[] answers, int used) {
        Map<Integer, Integer> counts = new HashMap<>();
        for (int k = 0; k < used; k++) {
            counts.merge(answers[k], 1, Integer::sum);
        }
        return counts;
    }

    private static int leader(int[] answers, int used) {
        Map<Integer, Integer> counts = counts(answers, used);
        int leader = answers[0];
        for (int k = 1; k < used; k++) {
            if (counts.getOrDefault(answers[k], 0) > counts.getOrDefault(leader, 0)) {
                leader = answers[k];
            }
        }
        return leader;
    }

    private static boolean isDecided(int[] answers, int used) {
        Map<Integer, Integer> counts = counts(answers, used);
        int leader = leader(answers, used);
        int a = counts.getOrDefault(leader, 0);
        counts.remove(leader);
        int b = counts.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        return a - b > MAX - used || isLikely(a, b);
    }

    /** Whether the probability is at least 19/20, from the other end: what is missing to 1 is the sum over j = 0..b. */
    private static boolean isLikely(int a, int b) {
        int n = a + b + 1;
        BigInteger missing = BigInteger.ZERO;
        for (int j = 0; j <= b; j++) {
            missing = missing.add(factorial(n).divide(factorial(j).multiply(factorial(n - j))));
        }
        return missing.multiply(BigInteger.valueOf(20)).compareTo(BigInteger.TWO.pow(n)) <= 0;
    }

    private static BigInteger factorial(int n) {
        return n < 2 ? BigInteger.ONE : factorial(n - 1).multiply(BigInteger.valueOf(n));
    }
}
