package org.o1api.upstream;

import org.jspecify.annotations.Nullable;
import org.o1api.model.ModelLimits;
import org.o1api.model.Price;

/**
 * What is configured about one model of an upstream.
 *
 * @param price what the provider charges; null: unknown
 * @param effort the field in which the model takes an effort
 */
public record ModelSettings(@Nullable Price price, ModelLimits limits, EffortField effort) {
    /** The settings of a model that is not configured. */
    public static final ModelSettings UNKNOWN = new ModelSettings(null, ModelLimits.UNKNOWN, EffortField.NONE);
}
