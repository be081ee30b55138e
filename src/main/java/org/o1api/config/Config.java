package org.o1api.config;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.o1api.api.ApiSettings;
import org.o1api.auth.ApiKey;
import org.o1api.conversation.ConversationSettings;
import org.o1api.reasoning.Presets;
import org.o1api.reasoning.StrategyType;
import org.o1api.sealed.SealKey;
import org.o1api.server.BodySettings;
import org.o1api.server.StreamSettings;
import org.o1api.settings.ConfigException;
import org.o1api.settings.ReadContext;
import org.o1api.settings.Substitution;
import org.o1api.turn.TurnLimits;
import org.o1api.upstream.ConfiguredModels;
import org.o1api.upstream.UpstreamSettings;
import org.o1api.upstream.replay.Recording;

/**
 * The contents of the config file.
 *
 * @param apiKeys empty: a key has to be generated
 * @param upstreams by name, in the order of the file; empty: no provider is configured, and the demo model serves {@link #DEFAULT_UPSTREAM}
 * @param recordings those of upstreams that replay recorded replies, by the upstream's name
 * @param currency the unit of all prices, a label; null: not configured
 * @param page whether the chat page is served
 * @param reasoningKeys encrypt the reasoning that clients store: the first one encrypts, all decrypt; empty: the nodes of the
 *     conversation database share a key
 */
public record Config(
        List<ApiKey> apiKeys,
        Map<String, UpstreamSettings> upstreams,
        Map<String, Recording> recordings,
        Presets presets,
        ConfiguredModels models,
        @Nullable String currency,
        ApiSettings api,
        boolean page,
        BodySettings bodies,
        StreamSettings stream,
        TurnLimits turns,
        Set<SealKey> reasoningKeys,
        ConversationSettings conversations) {
    /** The name of the upstream that is configured by {@code default_api_url}. */
    public static final String DEFAULT_UPSTREAM = "default";

    public Config {
        apiKeys = List.copyOf(apiKeys);
        upstreams = Collections.unmodifiableMap(new LinkedHashMap<>(upstreams));
        recordings = Map.copyOf(recordings);
        reasoningKeys = Collections.unmodifiableSet(new LinkedHashSet<>(reasoningKeys));
    }

    /**
     * The config without a file: the demo model, and a default for every setting.
     *
     * @param strategies the known strategies, the default first
     */
    public static Config defaults(List<StrategyType> strategies) {
        ReadContext context = new ReadContext("no file", new Substitution(name -> null));
        return ConfigReader.read(context, null, strategies);
    }

    /**
     * Parses a config file. Relative paths in it start at its folder.
     *
     * @param strategies the known strategies, the default first
     * @throws ConfigException if the file is invalid; lists all problems
     */
    static Config parse(
            Path file, String yaml, Function<String, @Nullable String> environment, List<StrategyType> strategies) {
        Path absolute = file.toAbsolutePath();
        ReadContext context =
                new ReadContext(file.toString(), absolute.resolveSibling(""), new Substitution(environment));
        return ConfigReader.read(context, yaml, strategies);
    }

    /**
     * Parses a config. Relative paths in it start at the working directory.
     *
     * @param name the name of the file in error messages
     * @param strategies the known strategies, the default first
     * @throws ConfigException if the file is invalid; lists all problems
     */
    public static Config parse(
            String name, String yaml, Function<String, @Nullable String> environment, List<StrategyType> strategies) {
        ReadContext context = new ReadContext(name, new Substitution(environment));
        return ConfigReader.read(context, yaml, strategies);
    }
}
