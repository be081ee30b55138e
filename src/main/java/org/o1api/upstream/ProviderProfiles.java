package org.o1api.upstream;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** The profiles of one upstream's models. The configuration limits their number: callers cannot choose a provider's model. */
final class ProviderProfiles {
    private final UpstreamSettings settings;
    private final LongSupplier nanoTime;
    private final Map<String, ProviderProfile> profiles = new ConcurrentHashMap<>();

    ProviderProfiles(UpstreamSettings settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.nanoTime = nanoTime;
    }

    /** The profile of a model, by the provider's name of it. */
    ProviderProfile of(String model) {
        return profiles.computeIfAbsent(model, name -> new ProviderProfile(settings, name, nanoTime));
    }
}
