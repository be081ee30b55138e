package org.o1api.reasoning.sampling;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The samples of a turn that have ended, and which of them the answer is taken from. Samples are numbered from 0. */
final class SampleChoice {
    private final List<SampleStep> samples;
    private final Set<Integer> answered = new LinkedHashSet<>();
    private final List<Integer> endedByBudget = new ArrayList<>();

    /**
     * Starts without samples.
     *
     * @param samples all samples, to which others are added
     */
    SampleChoice(List<SampleStep> samples) {
        this.samples = samples;
    }

    /** A sample has ended with an answer, and not because of the budget. */
    void addAnswer(int number) {
        answered.add(number);
    }

    /** The budget has ended a sample. */
    void addEndedByBudget(int number) {
        endedByBudget.add(number);
    }

    /** The samples with an answer, in the order in which they ended, without those that the budget has ended. */
    List<Integer> answered() {
        return List.copyOf(answered);
    }

    /** The samples that the budget has ended. */
    List<Integer> endedByBudget() {
        return List.copyOf(endedByBudget);
    }

    /** Whether any sample has an answer, even if the budget has ended it. */
    boolean hasAnswer() {
        return !answered.isEmpty() || longestEndedByBudget() != null;
    }

    /** Whether a sample has an answer. */
    boolean hasAnswer(int number) {
        return answered.contains(number);
    }

    /** Of these samples, the first one that is complete; if all are cut off, the first one. */
    int best(List<Integer> candidates) {
        return candidates.stream()
                .filter(number -> samples.get(number).isComplete())
                .findFirst()
                .orElse(candidates.get(0));
    }

    /** Of the samples that the budget has ended after the start of their answer, the longest one; null: there is none. */
    @Nullable
    Integer longestEndedByBudget() {
        return longest(
                endedByBudget.stream().filter(number -> samples.get(number).hasAnswer()));
    }

    /** Of the samples that ended before their answer, or repeated themselves, the longest one; null: there is none. */
    @Nullable
    Integer longestWithoutAnswer() {
        return longest(IntStream.range(0, samples.size())
                .boxed()
                .filter(number -> samples.get(number).isWithoutAnswer()));
    }

    private @Nullable Integer longest(Stream<Integer> numbers) {
        return numbers.reduce((one, other) -> textLength(other) > textLength(one) ? other : one)
                .orElse(null);
    }

    private int textLength(int number) {
        return samples.get(number).textWithoutRepetition().length();
    }

    /** The votes if these two samples say the same in different words. */
    Ballot.Standing agreement(int first, int second) {
        AnswerKey key = AnswerKey.labelled(
                AnswerKey.Kind.TEXT, "", samples.get(first).key().label());
        return new Ballot.Standing(key, List.of(first, second), 0, 2, Map.of(key.label(), 2));
    }
}
