package org.o1api.api;

import org.jspecify.annotations.Nullable;
import org.o1api.model.Budget;
import org.o1api.model.ErrorCode;
import org.o1api.model.TurnParent;

/**
 * The gateway's own request field {@code x_o1}. It is never sent to a provider.
 *
 * @param limits lower the preset's budget; a limit above the preset's has no effect
 * @param strategy one of the preset's strategies; null: the preset's default
 * @param parent what the turn continues in its conversation; {@code NEWEST} unless the request says it
 */
public record O1Options(Budget.Limits limits, @Nullable String strategy, TurnParent parent) {
    /** The field. */
    public static final String FIELD = "x_o1";

    /** The key with the turn to continue. */
    public static final String PARENT = FIELD + ".parent";

    static final String STRATEGY = FIELD + ".strategy";

    static final String COST = FIELD + ".budget.cost";

    /** The options of a request without the field. */
    public static final O1Options NONE = new O1Options(Budget.Limits.NONE, null, TurnParent.Fixed.NEWEST);

    /**
     * The same options of a request that cannot name the turn to continue.
     *
     * @param reason why not, and what the client can do: follows the name of the key
     * @throws RequestException if it names one
     */
    public O1Options withoutParent(ErrorCode code, String reason) {
        if (parent != TurnParent.Fixed.NEWEST) {
            throw new RequestException(code, PARENT, "'" + PARENT + "' " + reason);
        }
        return this;
    }
}
