package org.o1api.reasoning.sampling;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long a sample may send nothing when the turn waits for nothing else: 3 times as long as the slowest sample with an answer took,
 * and at least 10 s.
 */
final class SilenceLimit {
    private static final Duration LEAST = Duration.ofSeconds(10);

    private @Nullable Duration longest;

    /** A sample has ended with an answer. */
    void add(Duration ofSample) {
        longest = longest == null || ofSample.compareTo(longest) > 0 ? ofSample : longest;
    }

    /** The limit; null: none, since no sample has an answer. */
    @Nullable
    Duration limit() {
        if (longest == null) {
            return null;
        }
        Duration limit = longest.multipliedBy(3);
        return limit.compareTo(LEAST) > 0 ? limit : LEAST;
    }
}
