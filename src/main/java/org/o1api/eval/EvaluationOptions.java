package org.o1api.eval;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to run.
 *
 * @param config the config file; null: the one that the gateway would find
 * @param presets names of presets; empty: all
 * @param questions the question files, at least one
 * @param limit how many questions of each file are asked
 * @param repetitions how often each question is asked
 * @param seed of the first repetition; null: requests have no seed
 * @param concurrency turns that run at the same time
 * @param maxCost once all turns together have cost this, no further ones start; null: no limit
 * @param folder gets the results
 */
public record EvaluationOptions(
        @Nullable Path config,
        List<String> presets,
        List<Path> questions,
        int limit,
        int repetitions,
        @Nullable Long seed,
        int concurrency,
        @Nullable BigDecimal maxCost,
        Path folder) {
    public EvaluationOptions {
        presets = List.copyOf(presets);
        questions = List.copyOf(questions);
    }
}
