package org.o1api.eval;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a trial.
 *
 * @param answer the whole answer; of a failed turn what had arrived of it
 * @param said what the answer says, in one line; null: nothing that can be compared
 * @param failure the error's code and message; null: the turn was answered
 * @param endedBy why the reasoning ended; null: unknown
 * @param calls model calls, including cancelled and failed ones
 * @param samples the samples that were started; 0: the turn had none
 * @param inputTokens of all calls and attempts
 * @param outputTokens of all calls and attempts
 * @param cost of all calls and attempts; null: a model has no price
 * @param seconds from the start of the turn to its end
 */
record TrialResult(
        Trial.Key trial,
        boolean correct,
        String answer,
        @Nullable String said,
        @Nullable String failure,
        @Nullable String endedBy,
        int calls,
        int samples,
        long inputTokens,
        long outputTokens,
        @Nullable BigDecimal cost,
        double seconds) {
    long tokens() {
        return inputTokens + outputTokens;
    }
}
