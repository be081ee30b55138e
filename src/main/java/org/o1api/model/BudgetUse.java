package org.o1api.model;

import java.math.BigDecimal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a turn has used of its budget, including calls that are open.
 *
 * @param cost null: the budget has no limit of the cost and a model has no price
 */
public record BudgetUse(
        int calls, long tokens, Duration time, @Nullable BigDecimal cost, Budget budget) {}
