package org.o1api.model;

import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the providers charge. */
@FunctionalInterface
public interface PriceList {
    /** No model has a price. */
    PriceList NONE = (upstream, model) -> null;

    /** A model without a price. */
    record Unpriced(String upstream, String model) {}

    /**
     * Finds the price of a model.
     *
     * @param model the provider's name, or the name that a preset asks this upstream for
     * @return null: unknown
     */
    @Nullable
    Price of(String upstream, String model);

    /** The provider's name of the model that answers if a preset asks an upstream for a model. */
    default String effectiveModel(String upstream, String model) {
        return model;
    }

    /**
     * Finds a model without a price among those that may answer.
     *
     * @param model what each of the upstreams is asked for
     */
    default Optional<Unpriced> firstUnpriced(Collection<String> upstreams, String model) {
        return upstreams.stream()
                .filter(upstream -> of(upstream, model) == null)
                .map(upstream -> new Unpriced(upstream, effectiveModel(upstream, model)))
                .findFirst();
    }
}
