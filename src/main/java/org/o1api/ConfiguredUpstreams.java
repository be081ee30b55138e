package org.o1api;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.o1api.config.Config;
import org.o1api.reasoning.StrategyType;
import org.o1api.upstream.HttpUpstream;
import org.o1api.upstream.Upstream;
import org.o1api.upstream.UpstreamSettings;
import org.o1api.upstream.demo.DemoUpstream;
import org.o1api.upstream.replay.Recording;
import org.o1api.upstream.replay.ReplayUpstream;

/** Opens the upstreams of a config: for the gateway, and for the evaluation command. */
final class ConfiguredUpstreams {
    private static final System.Logger LOG = System.getLogger(ConfiguredUpstreams.class.getName());

    private final Config config;
    private final ScheduledExecutorService scheduler;
    private final Consumer<Upstream> onOpened;

    /**
     * Prepares the upstreams.
     *
     * @param scheduler runs the timeout checks
     * @param onOpened gets each upstream as soon as it is open, and has to close it
     */
    ConfiguredUpstreams(Config config, ScheduledExecutorService scheduler, Consumer<Upstream> onOpened) {
        this.config = config;
        this.scheduler = scheduler;
        this.onOpened = onOpened;
    }

    /**
     * Opens all of them.
     *
     * @param strategies have the scripts of the demo model, which is the only upstream if none is configured
     * @param demoDelay the time that each token of the demo model takes
     */
    Map<String, Upstream> open(List<StrategyType> strategies, Duration demoDelay) {
        if (config.upstreams().isEmpty()) {
            LOG.log(Level.INFO, "no provider is configured: the built-in demo model answers");
            DemoUpstream demo = new DemoUpstream(
                    Config.DEFAULT_UPSTREAM,
                    demoDelay,
                    strategies.stream().map(StrategyType::demo).toList());
            onOpened.accept(demo);
            return Map.of(Config.DEFAULT_UPSTREAM, demo);
        }
        Map<String, Upstream> upstreams = new LinkedHashMap<>();
        config.upstreams().values().forEach(settings -> upstreams.put(settings.name(), open(settings)));
        return upstreams;
    }

    private Upstream open(UpstreamSettings settings) {
        Recording recording = config.recordings().get(settings.name());
        if (recording != null) {
            ReplayUpstream replay = new ReplayUpstream(settings.name(), recording);
            onOpened.accept(replay);
            return replay;
        }
        HttpUpstream http = new HttpUpstream(settings, scheduler);
        onOpened.accept(http);
        http.warmUp();
        return http;
    }
}
