package org.o1api.model;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a turn was answered, for the reply's {@code x_o1} and for the log. Without its usage, which is {@link TurnUsage}.
 *
 * @param turn the turn's neutral ID
 * @param strategy the name of the strategy
 * @param route the strategy that {@code strategy} chose for this turn; null: it does not choose
 * @param effort what the caller asked for; null: nothing
 * @param steps the number of steps of kind {@link StepKind#STEP}
 * @param samples null: the turn had none
 * @param agreement the result of the vote; null: there was none
 * @param endedBy null: the strategy does not say
 * @param cost of all calls and attempts; null: a model of the turn has no price
 * @param currency the unit of all costs; null: not configured
 * @param byModel the usage of each model, in the order of their first call
 * @param time from the start of the turn until its answer was complete
 */
public record TurnSummary(
        String turn,
        String preset,
        String strategy,
        @Nullable String route,
        @Nullable Effort effort,
        Mode mode,
        int steps,
        @Nullable Samples samples,
        @Nullable Agreement agreement,
        @Nullable EndedBy endedBy,
        @Nullable BigDecimal cost,
        @Nullable String currency,
        List<ModelUsage> byModel,
        Duration time) {
    /** The samples of a turn by how they ended. */
    public record Samples(int started, int completed, int cancelled, int failed) {
        /** The same without this many samples that were cancelled, or failed, before their call was made. */
        public Samples withoutUnsent(int unsent) {
            int fromCancelled = Math.min(unsent, cancelled);
            return new Samples(
                    started - unsent, completed, cancelled - fromCancelled, failed - (unsent - fromCancelled));
        }
    }

    /**
     * The result of a vote.
     *
     * @param key the value that won
     * @param votes the number of samples with this value
     * @param of the number of samples that voted
     * @param probability that the value would also win with more samples
     */
    public record Agreement(String key, int votes, int of, double probability) {}

    /**
     * What one model was used for.
     *
     * @param cost null: the model has no price
     */
    public record ModelUsage(
            String upstream,
            String model,
            int calls,
            Usage usage,
            @Nullable BigDecimal cost) {}
}
