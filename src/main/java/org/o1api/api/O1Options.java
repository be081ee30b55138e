package org.o1api.api;

import org.jspecify.annotations.Nullable;
import org.o1api.model.Budget;

/**
 * The gateway's own request field {@code x_o1}. It is never sent to a provider.
 *
 * @param limits lower the preset's budget; a limit above the preset's has no effect
 * @param strategy one of the preset's strategies; null: the preset's default
 */
public record O1Options(Budget.Limits limits, @Nullable String strategy) {
    /** The field. */
    public static final String FIELD = "x_o1";

    static final String STRATEGY = FIELD + ".strategy";

    static final String COST = FIELD + ".budget.cost";

    /** The options of a request without the field. */
    public static final O1Options NONE = new O1Options(Budget.Limits.NONE, null);
}
