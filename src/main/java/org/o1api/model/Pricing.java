package org.o1api.model;

import org.jspecify.annotations.Nullable;

/**
 * What calls cost.
 *
 * @param currency the unit of all prices, a label; null: not configured
 */
public record Pricing(PriceList prices, @Nullable String currency) {
    /** Nothing is known about costs. */
    public static final Pricing NONE = new Pricing(PriceList.NONE, null);
}
