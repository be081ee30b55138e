package org.o1api.reasoning.sampling;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The votes of samples, in the order in which the samples ended. The result with most votes leads; of several, the one whose first
 * sample ended first. What a sample votes for can change as others end, see {@link SampleKey#isLastNumber}.
 */
final class Ballot {
    private final boolean listsOptions;
    private final List<Vote> votes = new ArrayList<>();

    /**
     * Starts without votes.
     *
     * @param listsOptions whether the question lists options: then {@code A. Einstein} is one, and no name
     */
    Ballot(boolean listsOptions) {
        this.listsOptions = listsOptions;
    }

    private record Vote(int sample, SampleKey key) {}

    /**
     * The votes so far.
     *
     * @param leader the result with most votes; null: no sample votes
     * @param samples those that vote for the leader, in the order in which they ended
     * @param second the number of votes for the next result
     * @param voters the number of samples that vote
     * @param counts the votes by result, as readers see it, the leader first. Each result has a label of its own
     */
    record Standing(
            @Nullable AnswerKey leader, List<Integer> samples, int second, int voters, Map<String, Integer> counts) {
        int votes() {
            return samples.size();
        }

        /**
         * The probability that the leader stays ahead of the next result however many samples follow: with {@code a} and {@code b}
         * votes, that p is above 1/2 if all p are equally likely before the vote (arXiv 2305.11860). That is the sum over j = 0..a of
         * C(a+b+1, j) / 2^(a+b+1).
         */
        double probability() {
            int n = votes() + second + 1;
            double term = Math.pow(0.5, n);
            double sum = 0;
            for (int j = 0; j <= votes(); j++) {
                sum += term;
                term *= (double) (n - j) / (j + 1);
            }
            return sum;
        }

        /** Whether the next result stays behind even if it gets this many more votes. */
        boolean isOutOfReach(int more) {
            return votes() - second > more;
        }
    }

    /** A sample has ended with an answer. */
    void add(int sample, SampleKey key) {
        votes.add(new Vote(sample, key));
    }

    /** Whether a sample votes, but may have its key by chance. */
    boolean isOpen(int sample) {
        return votes.stream().anyMatch(vote -> vote.sample == sample && vote.key.isOpen());
    }

    /** What a sample votes for now; null: nothing. */
    @Nullable
    AnswerKey keyOf(int sample) {
        boolean hasText = hasText();
        boolean hasOption = hasOption();
        return votes.stream()
                .filter(vote -> vote.sample == sample)
                .findFirst()
                .map(vote -> counted(vote.key, hasText, hasOption))
                .orElse(null);
    }

    Standing standing() {
        boolean hasText = hasText();
        boolean hasOption = hasOption();
        Map<AnswerKey, List<Integer>> byKey = new LinkedHashMap<>();
        for (Vote vote : votes) {
            AnswerKey key = counted(vote.key, hasText, hasOption);
            if (key != null) {
                byKey.computeIfAbsent(key, first -> new ArrayList<>()).add(vote.sample);
            }
        }
        List<Map.Entry<AnswerKey, List<Integer>>> ranked = byKey.entrySet().stream()
                .sorted((one, other) ->
                        Integer.compare(other.getValue().size(), one.getValue().size()))
                .toList(); // stable: of equal ones the first
        Map<String, Integer> counts = new LinkedHashMap<>();
        ranked.forEach(entry -> counts.put(
                unused(entry.getKey().label(), counts), entry.getValue().size()));
        int voters = ranked.stream().mapToInt(entry -> entry.getValue().size()).sum();
        return ranked.isEmpty()
                ? new Standing(null, List.of(), 0, 0, counts)
                : new Standing(
                        ranked.get(0).getKey(),
                        ranked.get(0).getValue(),
                        ranked.size() > 1 ? ranked.get(1).getValue().size() : 0,
                        voters,
                        counts);
    }

    /** Results that differ can have one label, because labels are shortened: the next ones get a number. */
    private static String unused(String label, Map<String, Integer> counts) {
        String unused = label;
        for (int number = 2; counts.containsKey(unused); number++) {
            unused = label + " (" + number + ")";
        }
        return unused;
    }

    private boolean hasOption() {
        return listsOptions
                || votes.stream()
                        .map(vote -> vote.key.key())
                        .anyMatch(key -> key != null && key.kind() == AnswerKey.Kind.OPTION);
    }

    private boolean hasText() {
        return votes.stream().map(vote -> vote.key.key()).anyMatch(key -> key != null && key.isText());
    }

    private static @Nullable AnswerKey counted(SampleKey vote, boolean hasText, boolean hasOption) {
        AnswerKey key = vote.isLastNumber() && hasText ? null : vote.key();
        return key != null && hasOption ? key.ofQuestionWithOptions() : key;
    }
}
