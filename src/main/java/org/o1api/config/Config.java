package org.o1api.config;

import java.util.List;
import java.util.Map;
import org.o1api.api.ApiSettings;
import org.o1api.auth.ApiKey;
import org.o1api.reasoning.Presets;
import org.o1api.server.StreamSettings;
import org.o1api.upstream.UpstreamSettings;

/**
 * All that {@code config.yaml} says.
 *
 * @param apiKeys empty: one has to be made up
 * @param upstreams by name; empty: no provider is configured, and the demo model answers as {@link #DEFAULT_UPSTREAM}
 */
public record Config(
        List<ApiKey> apiKeys,
        Map<String, UpstreamSettings> upstreams,
        Presets presets,
        ApiSettings api,
        StreamSettings stream) {
    /** The name of the upstream that the original's keys make. */
    public static final String DEFAULT_UPSTREAM = "default";

    public Config {
        apiKeys = List.copyOf(apiKeys);
        upstreams = Map.copyOf(upstreams);
    }
}
