package org.o1api.eval;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The results of a run and what follows from them. */
public final class Report {
    private final RunDescription description;
    private final Evaluation.End end;
    private final Map<String, Question> questions = new LinkedHashMap<>();
    private final @Nullable String currency;
    private final List<TrialResult> results;
    private final Map<Trial.Key, TrialResult> byTrial = new HashMap<>();
    private final List<PresetSummary> summaries = new ArrayList<>();
    private final List<Comparison> comparisons = new ArrayList<>();

    Report(
            RunDescription description,
            Evaluation.End end,
            List<Question> questions,
            @Nullable String currency,
            List<TrialResult> results) {
        this.description = description;
        this.end = end;
        this.currency = currency;
        this.results = List.copyOf(results);
        questions.forEach(question -> this.questions.put(question.id(), question));
        results.forEach(result -> byTrial.put(result.trial(), result));
        Map<String, QuestionKind> kinds = new HashMap<>();
        questions.forEach(question -> kinds.put(question.id(), question.kind()));
        for (String preset : description.presets()) {
            summaries.add(PresetSummary.of(preset, of(preset), kinds));
        }
        for (int i = 0; i < summaries.size(); i++) {
            for (int j = i + 1; j < summaries.size(); j++) {
                comparisons.add(
                        compare(summaries.get(i).preset(), summaries.get(j).preset()));
            }
        }
    }

    private List<TrialResult> of(String preset) {
        return results.stream()
                .filter(result -> result.trial().preset().equals(preset))
                .toList();
    }

    private Comparison compare(String first, String second) {
        int[] counts = new int[4];
        for (TrialResult one : of(first)) {
            TrialResult other = byTrial.get(
                    new Trial.Key(second, one.trial().question(), one.trial().repetition()));
            if (other != null) {
                counts[(one.correct() ? 2 : 0) + (other.correct() ? 1 : 0)]++;
            }
        }
        return new Comparison(first, second, counts[3], counts[0], new McNemar(counts[2], counts[1]));
    }

    /** How the run ended. */
    public Evaluation.End end() {
        return end;
    }

    RunDescription description() {
        return description;
    }

    @Nullable
    String currency() {
        return currency;
    }

    /** In the order of the questions. */
    List<TrialResult> results() {
        return results;
    }

    Question question(String id) {
        Question question = questions.get(id);
        if (question == null) {
            throw new IllegalArgumentException("unknown question");
        }
        return question;
    }

    int questionCount() {
        return questions.size();
    }

    /** How many turns the run has, whether they are done or not. */
    int plannedTurns() {
        return questions.size()
                * description.repetitions()
                * description.presets().size();
    }

    List<PresetSummary> summaries() {
        return summaries;
    }

    /** Each pair of presets. */
    List<Comparison> comparisons() {
        return comparisons;
    }

    /** The results of a question by preset, in the order of the repetitions. Presets without a result are absent. */
    Map<String, List<TrialResult>> resultsOf(Question question) {
        Map<String, List<TrialResult>> byPreset = new LinkedHashMap<>();
        for (String preset : description.presets()) {
            for (int i = 0; i < description.repetitions(); i++) {
                TrialResult result = byTrial.get(new Trial.Key(preset, question.id(), i));
                if (result != null) {
                    byPreset.computeIfAbsent(preset, unused -> new ArrayList<>())
                            .add(result);
                }
            }
        }
        return byPreset;
    }

    /** The questions that some presets answer correctly more often than others. */
    List<Question> differences() {
        return questions.values().stream().filter(this::differ).toList();
    }

    private boolean differ(Question question) {
        return resultsOf(question).values().stream()
                        .map(some -> some.stream().filter(TrialResult::correct).count() / (double) some.size())
                        .distinct()
                        .count()
                > 1;
    }

    List<TrialResult> failures() {
        return results.stream().filter(result -> result.failure() != null).toList();
    }

    /** How many turns failed because of the provider or the network. */
    public long temporaryFailures() {
        return results.stream().filter(TrialResult::isTemporaryFailure).count();
    }
}
