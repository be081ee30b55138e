package org.o1api.upstream;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Whether the latest call of each caller failed. What fails for one caller only is caused by that caller's requests, not by the
 * upstream. An outcome expires after 30 s. Safe for concurrent use.
 */
final class CallerOutcomes {
    static final Duration EXPIRY = Duration.ofSeconds(30);

    private record Outcome(boolean failed, long nanos) {}

    private final LongSupplier nanoTime;
    private final Map<String, Outcome> latest = new HashMap<>();

    CallerOutcomes(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    synchronized void recordSuccess(String caller) {
        latest.put(caller, new Outcome(false, nanoTime.getAsLong()));
    }

    /** Records a failure and returns whether the latest call has failed for more than half of the callers. */
    synchronized boolean recordFailure(String caller) {
        latest.put(caller, new Outcome(true, nanoTime.getAsLong()));
        latest.values().removeIf(this::isExpired);
        long failing = latest.values().stream().filter(Outcome::failed).count();
        return 2 * failing > latest.size();
    }

    synchronized boolean lastCallFailed(String caller) {
        Outcome outcome = latest.get(caller);
        return outcome != null && outcome.failed() && !isExpired(outcome);
    }

    private boolean isExpired(Outcome outcome) {
        return nanoTime.getAsLong() - outcome.nanos() >= EXPIRY.toNanos();
    }
}
