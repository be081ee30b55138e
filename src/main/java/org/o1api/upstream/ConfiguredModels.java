package org.o1api.upstream;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.model.ModelLimits;
import org.o1api.model.Price;
import org.o1api.model.PriceList;

/** What is configured about the models of all upstreams. */
public final class ConfiguredModels implements PriceList {
    private final Map<String, Models> byUpstream = new LinkedHashMap<>();

    /**
     * The models of one upstream.
     *
     * @param replacement what the upstream is asked for whatever a preset says; null: the preset's model
     */
    private record Models(@Nullable String replacement, Map<String, ModelSettings> settings) {}

    private ConfiguredModels() {}

    /** The models of configured upstreams. */
    public static ConfiguredModels of(Collection<UpstreamSettings> upstreams) {
        ConfiguredModels all = new ConfiguredModels();
        upstreams.forEach(
                upstream -> all.byUpstream.put(upstream.name(), new Models(upstream.model(), upstream.models())));
        return all;
    }

    /** The models of a single upstream without settings of its own. */
    public static ConfiguredModels of(String upstream, Map<String, ModelSettings> models) {
        ConfiguredModels all = new ConfiguredModels();
        all.byUpstream.put(upstream, new Models(null, models));
        return all;
    }

    @Override
    public @Nullable Price of(String upstream, String model) {
        return settings(upstream, model).price();
    }

    /**
     * The limits that hold whichever of several upstreams answers, as far as they are configured.
     *
     * @param model what each of the upstreams is asked for
     */
    public ModelLimits limits(Collection<String> upstreams, String model) {
        return upstreams.stream()
                .map(upstream -> settings(upstream, model).limits())
                .reduce(ModelLimits.UNKNOWN, ModelLimits::min);
    }

    private ModelSettings settings(String upstream, String model) {
        Models models = byUpstream.get(upstream);
        return models == null
                ? ModelSettings.UNKNOWN
                : models.settings().getOrDefault(effectiveModel(upstream, model), ModelSettings.UNKNOWN);
    }

    @Override
    public String effectiveModel(String upstream, String model) {
        Models models = byUpstream.get(upstream);
        return models == null || models.replacement() == null ? model : models.replacement();
    }
}
