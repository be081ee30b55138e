package org.o1api.reasoning.vote;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The votes of samples. The value with most votes wins; of several, the one with the earliest sample. Samples are numbered in the order
 * in which they were started.
 */
final class Ballot {
    private final Set<Integer> open = new HashSet<>();
    private final Map<String, Candidate> candidates = new HashMap<>();

    /** The votes for one value. */
    private record Candidate(int votes, int earliest) {
        /** Whether this one wins against the other one, with all votes counted. */
        boolean beats(Candidate other) {
            return votes > other.votes || (votes == other.votes && earliest < other.earliest);
        }

        Candidate with(int more, int sample) {
            return new Candidate(votes + more, Math.min(earliest, sample));
        }
    }

    /** Starts a vote without votes. */
    Ballot(int samples) {
        for (int i = 0; i < samples; i++) {
            open.add(i);
        }
    }

    /**
     * A sample has ended.
     *
     * @param value what it votes for; null: nothing
     */
    void end(int sample, @Nullable String value) {
        open.remove(sample);
        if (value != null) {
            candidates.merge(value, new Candidate(1, sample), (candidate, vote) -> candidate.with(1, sample));
        }
    }

    /** The earliest sample with the value that wins so far; -1: no sample has voted. */
    int winner() {
        Candidate best = best();
        return best == null ? -1 : best.earliest;
    }

    /** Whether the value that wins so far also wins if all open samples vote for another one. */
    boolean isDecided() {
        Candidate best = best();
        if (best == null) {
            return open.isEmpty();
        }
        if (open.isEmpty()) {
            return true;
        }
        int earliestOpen = open.stream().min(Integer::compare).orElseThrow();
        return best.beats(new Candidate(open.size(), earliestOpen))
                && candidates.values().stream()
                        .filter(candidate -> !candidate.equals(best))
                        .allMatch(candidate -> best.beats(candidate.with(open.size(), earliestOpen)));
    }

    private @Nullable Candidate best() {
        Candidate best = null;
        for (Candidate candidate : candidates.values()) {
            if (best == null || candidate.beats(best)) {
                best = candidate;
            }
        }
        return best;
    }
}
