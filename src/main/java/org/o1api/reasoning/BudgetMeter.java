package org.o1api.reasoning;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Budget;
import org.o1api.model.CallRecord;
import org.o1api.model.Delta;
import org.o1api.model.EndedBy;
import org.o1api.model.Price;
import org.o1api.model.PriceList;
import org.o1api.model.Usage;

/**
 * Measures the output tokens and the money that a turn has used, including what its open calls have received so far. Ended calls count
 * exactly. What open calls receive is estimated as it arrives, rather too high, until {@link OpenCall#correct} replaces the estimate.
 * Safe for concurrent use: the threads that read calls measure, the turn's thread does the rest.
 */
final class BudgetMeter {
    private final Budget budget;
    private final PriceList prices;
    private final List<String> upstreams;
    private final List<OpenCall> open = new ArrayList<>();
    private long endedTokens;
    private BigDecimal endedCost = BigDecimal.ZERO;
    private boolean unpriced;

    /**
     * A meter of a turn that has made no call.
     *
     * @param upstreams the names of the upstreams that may answer
     */
    BudgetMeter(Budget budget, PriceList prices, List<String> upstreams) {
        this.budget = budget;
        this.prices = prices;
        this.upstreams = List.copyOf(upstreams);
    }

    /** Whether money is limited, so that the input of calls must be counted before they are made. */
    boolean limitsCost() {
        return budget.cost() != null;
    }

    /**
     * A call is about to be made.
     *
     * @param model as requested
     * @param inputTokens an estimate; 0 if money is not limited
     * @param limited whether the call is to end when the budget is used up
     */
    synchronized OpenCall open(String model, long inputTokens, boolean limited) {
        OpenCall call = new OpenCall(highestPrice(model), inputTokens, limited);
        open.add(call);
        return call;
    }

    /** Which limit is used up, tokens or cost; null: none. */
    synchronized @Nullable EndedBy usedUp() {
        return usedUpWith(BigDecimal.ZERO);
    }

    /** The same if one more call is made with this input. */
    synchronized @Nullable EndedBy usedUpWith(String model, long inputTokens) {
        return usedUpWith(highestCost(highestPrice(model), inputTokens, 0));
    }

    private @Nullable EndedBy usedUpWith(BigDecimal more) {
        if (tokens() >= budget.tokens()) {
            return EndedBy.BUDGET_TOKENS;
        }
        return budget.cost() != null && openAndEndedCost().add(more).compareTo(budget.cost()) >= 0
                ? EndedBy.BUDGET_COST
                : null;
    }

    /** The output tokens of all calls and attempts. */
    synchronized long tokens() {
        long sum = endedTokens;
        for (OpenCall call : open) {
            sum += call.outputTokens();
        }
        return sum;
    }

    /** The cost of all calls and attempts; null if a model that was used has no price. */
    synchronized @Nullable BigDecimal cost() {
        return unpriced || open.stream().anyMatch(call -> call.price == null) ? null : openAndEndedCost();
    }

    private BigDecimal openAndEndedCost() {
        BigDecimal sum = endedCost;
        for (OpenCall call : open) {
            sum = sum.add(call.cost());
        }
        return sum;
    }

    /** A price that no call to the model exceeds: which upstream answers is not known yet. */
    private @Nullable Price highestPrice(String model) {
        return upstreams.stream()
                .map(upstream -> prices.of(upstream, model))
                .filter(Objects::nonNull)
                .reduce(Price::max)
                .orElse(null);
    }

    private static BigDecimal highestCost(@Nullable Price price, long inputTokens, long outputTokens) {
        return price == null ? BigDecimal.ZERO : price.highestCost(inputTokens, outputTokens);
    }

    /** What one open call has used so far. */
    final class OpenCall {
        private final long inputTokens;
        private @Nullable Price price;
        private boolean limited;
        /** What it had used when its limit was removed. */
        private long tokensWithinLimit;
        /** The estimate of the output, in units of {@link TokenCounter#UNITS_PER_TOKEN}. */
        private long units;

        private long failedTokens;
        private BigDecimal failedCost = BigDecimal.ZERO;

        private OpenCall(@Nullable Price price, long inputTokens, boolean limited) {
            this.price = price;
            this.inputTokens = inputTokens;
            this.limited = limited;
        }

        /** A request is sent to a model. */
        void sent(String upstream, String model) {
            synchronized (BudgetMeter.this) {
                price = prices.of(upstream, model);
            }
        }

        /** An attempt has failed after it used tokens. */
        void attemptFailed(Usage usage) {
            synchronized (BudgetMeter.this) {
                failedTokens += usage.outputTokens();
                failedCost = failedCost.add(price == null ? BigDecimal.ZERO : price.cost(usage));
            }
        }

        /**
         * A piece of the reply has arrived.
         *
         * @return whether the budget is used up and the call is to end then
         */
        boolean received(Delta delta) {
            synchronized (BudgetMeter.this) {
                units += TokenCounter.estimate(delta);
                return limited && usedUp() != null;
            }
        }

        /** Replaces a part of the estimate by the exact number of tokens. */
        void correct(long estimatedUnits, long tokens) {
            synchronized (BudgetMeter.this) {
                units += tokens * TokenCounter.UNITS_PER_TOKEN - estimatedUnits;
            }
        }

        /** Whether the call is to end when the budget is used up. */
        boolean isLimited() {
            synchronized (BudgetMeter.this) {
                return limited;
            }
        }

        /** The call may go on although the budget is used up. */
        void removeLimit() {
            synchronized (BudgetMeter.this) {
                limited = false;
                tokensWithinLimit = outputTokens();
            }
        }

        /** Whether it has gone on since its limit was removed. */
        boolean hasExceededLimit() {
            synchronized (BudgetMeter.this) {
                return !limited && outputTokens() > tokensWithinLimit;
            }
        }

        /** The call has ended. */
        void end(CallRecord record) {
            synchronized (BudgetMeter.this) {
                if (open.remove(this)) {
                    BigDecimal exact = record.cost(prices);
                    endedTokens += record.totalUsage().outputTokens();
                    endedCost = endedCost.add(exact == null ? BigDecimal.ZERO : exact);
                    unpriced |= exact == null;
                }
            }
        }

        private long outputTokens() {
            return failedTokens + receivedTokens();
        }

        private long receivedTokens() {
            return (units + TokenCounter.UNITS_PER_TOKEN - 1) / TokenCounter.UNITS_PER_TOKEN;
        }

        private BigDecimal cost() {
            return failedCost.add(highestCost(price, inputTokens, receivedTokens()));
        }
    }
}
