package org.o1api.config;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.o1api.api.ApiSettings;
import org.o1api.auth.ApiKey;
import org.o1api.conversation.ConversationSettings;
import org.o1api.reasoning.Presets;
import org.o1api.server.BodySettings;
import org.o1api.server.StreamSettings;
import org.o1api.settings.ConfigException;
import org.o1api.settings.ReadContext;
import org.o1api.settings.Substitution;
import org.o1api.turn.TurnLimits;
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
        BodySettings bodies,
        StreamSettings stream,
        TurnLimits turns,
        ConversationSettings conversations) {
    /** The name of the upstream that the original's keys make. */
    public static final String DEFAULT_UPSTREAM = "default";

    public Config {
        apiKeys = List.copyOf(apiKeys);
        upstreams = Map.copyOf(upstreams);
    }

    /** What counts where no file is found: the demo model, and everything at its default. */
    public static Config defaults() {
        ReadContext reading = new ReadContext("no file", new Substitution(name -> null));
        return ConfigReader.read(reading, null);
    }

    /**
     * Reads a config from its text.
     *
     * @param name what errors call the file
     * @throws ConfigException when it cannot be used, with all that is wrong
     */
    public static Config parse(String name, String yaml, Function<String, @Nullable String> environment) {
        ReadContext reading = new ReadContext(name, new Substitution(environment));
        return ConfigReader.read(reading, yaml);
    }
}
