package org.o1api.eval;

import java.math.BigDecimal;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.model.ErrorCode;

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
    /** The failures of the provider or the network, after which the same turn may succeed. */
    private static final Set<ErrorCode> TEMPORARY = Set.of(
            ErrorCode.UPSTREAM_FAILED,
            ErrorCode.UPSTREAM_UNAVAILABLE,
            ErrorCode.UPSTREAM_TIMEOUT,
            ErrorCode.UPSTREAM_RATE_LIMIT,
            ErrorCode.UPSTREAM_MISCONFIGURED,
            ErrorCode.RATE_LIMIT_EXCEEDED,
            ErrorCode.OVERLOADED);

    /** A failure as it is recorded. */
    static String failure(ErrorCode code, String message) {
        return code.wireName() + ": " + message;
    }

    private boolean failedWith(ErrorCode code) {
        return failure != null && failure.startsWith(failure(code, ""));
    }

    /** Whether the evaluation was stopped before the turn ended. Then this says only what the turn has used. */
    boolean isStopped() {
        return failedWith(ErrorCode.SHUTTING_DOWN);
    }

    /** Whether the turn failed because of the provider or the network, which says nothing about the preset. */
    boolean isTemporaryFailure() {
        return TEMPORARY.stream().anyMatch(this::failedWith);
    }

    long tokens() {
        return inputTokens + outputTokens;
    }
}
