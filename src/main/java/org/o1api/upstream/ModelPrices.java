package org.o1api.upstream;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Price;
import org.o1api.model.PriceList;

/** The configured prices of all upstreams. */
public final class ModelPrices implements PriceList {
    private final Map<String, Models> byUpstream = new LinkedHashMap<>();

    /**
     * The models of one upstream.
     *
     * @param replacement what the upstream is asked for whatever a preset says; null: the preset's model
     */
    private record Models(@Nullable String replacement, Map<String, ModelSettings> settings) {}

    private ModelPrices() {}

    /** The prices of configured upstreams. */
    public static ModelPrices of(Collection<UpstreamSettings> upstreams) {
        ModelPrices prices = new ModelPrices();
        upstreams.forEach(
                upstream -> prices.byUpstream.put(upstream.name(), new Models(upstream.model(), upstream.models())));
        return prices;
    }

    /** The prices of a single upstream without settings of its own. */
    public static ModelPrices of(String upstream, Map<String, ModelSettings> models) {
        ModelPrices prices = new ModelPrices();
        prices.byUpstream.put(upstream, new Models(null, models));
        return prices;
    }

    @Override
    public @Nullable Price of(String upstream, String model) {
        Models models = byUpstream.get(upstream);
        return models == null
                ? null
                : models.settings()
                        .getOrDefault(effectiveModel(upstream, model), ModelSettings.UNKNOWN)
                        .price();
    }

    @Override
    public String effectiveModel(String upstream, String model) {
        Models models = byUpstream.get(upstream);
        return models == null || models.replacement() == null ? model : models.replacement();
    }
}
