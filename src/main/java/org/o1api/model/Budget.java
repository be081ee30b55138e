package org.o1api.model;

import java.math.BigDecimal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a turn may use. When calls, tokens, time or money are used up, the reasoning ends and the best answer so far is given.
 *
 * @param calls model calls, including the closing call; at least 1
 * @param tokens output tokens of all calls and attempts
 * @param time the maximum duration of the turn, see {@link #reasoningTime}
 * @param retries the maximum for all calls together: attempts after a call's first one, and calls repeated after their reply
 *     broke off
 * @param cost the price of all calls and attempts, in the configured currency; null: no limit
 */
public record Budget(
        int calls,
        long tokens,
        Duration time,
        int retries,
        @Nullable BigDecimal cost) {
    public static final Budget DEFAULT = new Budget(30, 50_000, Duration.ofMinutes(5), 6);

    private static final Duration MIN_ANSWER_TIME = Duration.ofSeconds(10);

    /** A budget without a limit of the cost. */
    public Budget(int calls, long tokens, Duration time, int retries) {
        this(calls, tokens, time, retries, null);
    }

    /** Returns a budget with this multiple of each value. */
    public Budget times(int factor) {
        return new Budget(
                Math.multiplyExact(calls, factor),
                Math.multiplyExact(tokens, factor),
                time.multipliedBy(factor),
                Math.multiplyExact(retries, factor),
                cost == null ? null : cost.multiply(BigDecimal.valueOf(factor)));
    }

    /** Returns the smaller of each value. */
    public Budget limitedBy(Limits limits) {
        return new Budget(
                limits.calls == null ? calls : Math.min(calls, limits.calls),
                limits.tokens == null ? tokens : Math.min(tokens, limits.tokens),
                limits.time == null || limits.time.compareTo(time) > 0 ? time : limits.time,
                retries,
                limits.cost == null || (cost != null && limits.cost.compareTo(cost) > 0) ? cost : limits.cost);
    }

    /**
     * The part of the time that reasoning may use. The rest is reserved for the answer: a quarter, but at least 10 s and at most
     * half.
     */
    public Duration reasoningTime() {
        Duration quarter = time.dividedBy(4);
        Duration half = time.dividedBy(2);
        Duration forAnswer = quarter.compareTo(MIN_ANSWER_TIME) > 0 ? quarter : MIN_ANSWER_TIME;
        return time.minus(forAnswer.compareTo(half) < 0 ? forAnswer : half);
    }

    /** Limits that an API key or a request adds to a preset's budget. Null: no limit. */
    public record Limits(
            @Nullable Integer calls,
            @Nullable Long tokens,
            @Nullable Duration time,
            @Nullable BigDecimal cost) {
        public static final Limits NONE = new Limits(null, null, null, null);
    }
}
