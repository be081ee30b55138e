package org.o1api.upstream;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How the latest call of each caller ended, as a vote on the upstream's health: what fails for one caller only is the fault of
 * that caller's requests. A vote expires after 30 s.
 */
final class CallerOutcomes {
    static final Duration RECENT = Duration.ofSeconds(30);

    private record Vote(boolean failed, long nanos) {}

    private final LongSupplier nanoTime;
    private final Map<String, Vote> latest = new HashMap<>();

    CallerOutcomes(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    synchronized void recordSuccess(String caller) {
        latest.put(caller, new Vote(false, nanoTime.getAsLong()));
    }

    /** Records a failure, and says whether the latest call failed for more than half of the callers. */
    synchronized boolean recordFailure(String caller) {
        latest.put(caller, new Vote(true, nanoTime.getAsLong()));
        latest.values().removeIf(this::isExpired);
        long failing = latest.values().stream().filter(Vote::failed).count();
        return 2 * failing > latest.size();
    }

    /** Whether the caller's latest call failed. */
    synchronized boolean lastCallFailed(String caller) {
        Vote vote = latest.get(caller);
        return vote != null && vote.failed() && !isExpired(vote);
    }

    private boolean isExpired(Vote vote) {
        return nanoTime.getAsLong() - vote.nanos() >= RECENT.toNanos();
    }
}
