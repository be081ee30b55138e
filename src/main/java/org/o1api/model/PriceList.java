package org.o1api.model;

import org.jspecify.annotations.Nullable;

/** What the providers charge. */
@FunctionalInterface
public interface PriceList {
    /** No model has a price. */
    PriceList NONE = (upstream, model) -> null;

    /**
     * Finds the price of a model.
     *
     * @param model the provider's name, or the name that a preset asks this upstream for
     * @return null: unknown
     */
    @Nullable
    Price of(String upstream, String model);
}
