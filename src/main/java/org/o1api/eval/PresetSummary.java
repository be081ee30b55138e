package org.o1api.eval;

import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The results of one preset. Means are per turn, over all turns including failed ones.
 *
 * @param failed turns without an answer; they count as wrong
 * @param samples 0: the preset has none
 * @param cost of all turns; null: a turn has no price
 */
record PresetSummary(
        String preset,
        Proportion accuracy,
        Map<QuestionKind, Proportion> byKind,
        int failed,
        double calls,
        double samples,
        double inputTokens,
        double outputTokens,
        @Nullable BigDecimal cost,
        double meanSeconds,
        double medianSeconds) {
    /**
     * Summarizes results.
     *
     * @param kinds the kinds of the questions, by ID
     */
    static PresetSummary of(String preset, List<TrialResult> results, Map<String, QuestionKind> kinds) {
        Map<QuestionKind, Proportion> byKind = new EnumMap<>(QuestionKind.class);
        for (QuestionKind kind : QuestionKind.values()) {
            Proportion share = share(results.stream()
                    .filter(result -> kinds.get(result.trial().question()) == kind)
                    .toList());
            if (share.total() > 0) {
                byKind.put(kind, share);
            }
        }
        return new PresetSummary(
                preset,
                share(results),
                byKind,
                (int) results.stream()
                        .filter(result -> result.failure() != null)
                        .count(),
                mean(results, TrialResult::calls),
                mean(results, TrialResult::samples),
                mean(results, TrialResult::inputTokens),
                mean(results, TrialResult::outputTokens),
                cost(results),
                mean(results, TrialResult::seconds),
                median(results));
    }

    double tokens() {
        return inputTokens + outputTokens;
    }

    private static Proportion share(List<TrialResult> results) {
        return new Proportion(
                (int) results.stream().filter(TrialResult::correct).count(), results.size());
    }

    private static double mean(List<TrialResult> results, ToDoubleFunction<TrialResult> value) {
        return results.stream().mapToDouble(value).average().orElse(0);
    }

    private static double median(List<TrialResult> results) {
        double[] sorted =
                results.stream().mapToDouble(TrialResult::seconds).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length == 0
                ? 0
                : sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static @Nullable BigDecimal cost(List<TrialResult> results) {
        BigDecimal total = BigDecimal.ZERO;
        for (TrialResult result : results) {
            if (result.cost() == null) {
                return null;
            }
            total = total.add(result.cost());
        }
        return total;
    }
}
