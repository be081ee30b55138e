package org.o1api.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.o1api.api.ApiSettings;
import org.o1api.auth.ApiKey;
import org.o1api.model.ReasoningFormat;
import org.o1api.model.UsageReport;
import org.o1api.reasoning.PresetReader;
import org.o1api.reasoning.Presets;
import org.o1api.reasoning.StrategyType;
import org.o1api.sealed.SealKey;
import org.o1api.server.BodySettings;
import org.o1api.server.StreamSettings;
import org.o1api.server.TurnExecutor;
import org.o1api.settings.ReadContext;
import org.o1api.settings.Section;
import org.o1api.settings.ValueType;
import org.o1api.turn.TurnLimits;
import org.o1api.upstream.ConfiguredModels;
import org.o1api.upstream.ModelSettings;
import org.o1api.upstream.UpstreamSettings;
import org.o1api.upstream.replay.Recording;

/** Reads the whole config from the root section. */
final class ConfigReader {
    private static final ValueType<String> ORIGIN = ValueType.LINE.where(
            "an origin such as https://chat.example.com, or *",
            origin -> origin.equals("*") || origin.matches("https?://[^/\\s]+"));
    private static final ValueType<Long> BODY_SIZE = ValueType.size(1 << 10, 1 << 30);
    private static final ValueType<String> CURRENCY = ValueType.LINE.where(
            "letters, digits or symbols without spaces, at most 16",
            Pattern.compile("[\\p{L}\\p{N}\\p{S}]{1,16}").asMatchPredicate());
    private static final ValueType<SealKey> REASONING_KEY =
            ValueType.of("32 bytes in base64", SealKey::ofBase64, key -> "").hidden();
    private static final long DEFAULT_BODY = ApiSettings.RequestLimits.DEFAULT.body();
    private static final Duration MAX_SILENCE = Duration.ofMinutes(10);

    private ConfigReader() {}

    /** Reads the text of a file; null: there is no file, and every setting has its default. */
    static Config read(ReadContext context, @Nullable String yaml, List<StrategyType> strategies) {
        return Section.readFile(context, yaml, root -> config(root, strategies));
    }

    private static Config config(Section root, List<StrategyType> strategies) {
        String model = root.find("default_model", ValueType.LINE);
        Map<String, ModelSettings> models = ModelSettingsReader.read(root);
        Map<String, Recording> recordings = new HashMap<>();
        Map<String, UpstreamSettings> upstreams = UpstreamReader.read(root, models, recordings);
        ConfiguredModels configured = upstreams.isEmpty()
                ? ConfiguredModels.of(Config.DEFAULT_UPSTREAM, models) // of the demo model
                : ConfiguredModels.of(upstreams.values());
        Presets presets =
                PresetReader.read(root, upstreamNames(upstreams), strategies, configured, model, !upstreams.isEmpty());
        List<ApiKey> keys = ApiKeyReader.read(root, presets, configured);
        return root.section(
                "limits",
                limits -> new Config(
                        keys,
                        upstreams,
                        recordings,
                        presets,
                        configured,
                        root.find("currency", CURRENCY),
                        api(root, limits),
                        root.get("page", ValueType.BOOLEAN, true),
                        bodies(limits, keys.size() > 1),
                        stream(root),
                        turns(root, limits, keys.size() > 1),
                        root.set("reasoning_keys", REASONING_KEY, "a random key in the conversation database"),
                        root.section("conversations", ConversationReader::read)));
    }

    /** The names for presets, the default first. Without a provider, the demo model has the default's name. */
    private static List<String> upstreamNames(Map<String, UpstreamSettings> upstreams) {
        if (upstreams.isEmpty()) {
            return List.of(Config.DEFAULT_UPSTREAM);
        }
        List<String> names = new ArrayList<>(upstreams.keySet());
        if (names.remove(Config.DEFAULT_UPSTREAM)) {
            names.add(0, Config.DEFAULT_UPSTREAM);
        }
        return names;
    }

    private static ApiSettings api(Section root, Section limits) {
        Boolean markdown = root.find("use_regex_processing", ValueType.BOOLEAN);
        ReasoningFormat format = root.find("reasoning_format", PresetReader.REASONING_FORMAT);
        if (format == null) {
            format = markdown == null
                    ? ReasoningFormat.REASONING_CONTENT
                    : markdown ? ReasoningFormat.MARKDOWN : ReasoningFormat.DETAILS;
        }
        boolean legacy = root.get("legacy_response", ValueType.BOOLEAN, false);
        UsageReport usage = root.get("usage", PresetReader.USAGE_REPORT, UsageReport.ANSWER);
        return new ApiSettings(
                format,
                usage,
                legacy,
                limits(limits),
                root.section("cors", cors -> cors.set("origins", ORIGIN, "none")));
    }

    private static ApiSettings.RequestLimits limits(Section section) {
        ApiSettings.RequestLimits fallback = ApiSettings.RequestLimits.DEFAULT;
        long body = section.get("body", BODY_SIZE, DEFAULT_BODY);
        long messages = section.get("messages", ValueType.integer(1, 1_000_000), (long) fallback.messages());
        long depth = section.get("depth", ValueType.integer(8, 1000), (long) fallback.depth());
        long values = section.get("values", ValueType.integer(1000, 1_000_000_000), (long) fallback.values());
        return new ApiSettings.RequestLimits((int) body, (int) messages, (int) depth, (int) values);
    }

    private static BodySettings bodies(Section limits, boolean severalCallers) {
        long body = limits.get("body", BODY_SIZE, DEFAULT_BODY);
        Duration time = limits.get(
                "body_time", ValueType.duration(Duration.ofSeconds(1), Duration.ofHours(1)), Duration.ofSeconds(30));
        Long configured = limits.find("bodies", ValueType.size(1 << 10, 1L << 40), "an eighth of the heap");
        if (configured != null && configured < body) {
            limits.addProblem("bodies", "is less than limits.body, allowed: at least limits.body");
        }
        long total = Math.max(body, configured == null ? Runtime.getRuntime().maxMemory() / 8 : configured);
        return new BodySettings((int) body, time, total, severalCallers ? Math.max(body, total / 2) : total);
    }

    private static TurnLimits turns(Section root, Section limits, boolean severalCallers) {
        TurnLimits fallback = TurnLimits.DEFAULT;
        ValueType<Long> count = ValueType.integer(1, 1_000_000);
        long all = limits.get("turns", count, (long) fallback.maxConcurrent());
        Long configured = limits.find("turns_per_caller", count, "half of the turns with several keys, otherwise all");
        long concurrent = Math.min(all, TurnExecutor.maxConcurrent());
        long perCaller = configured != null ? configured : severalCallers ? Math.max(1, concurrent / 2) : concurrent;
        ValueType<Duration> grace = ValueType.duration(Duration.ZERO, MAX_SILENCE);
        return new TurnLimits((int) all, (int) perCaller, root.get("shutdown_grace", grace, fallback.grace()));
    }

    private static StreamSettings stream(Section root) {
        StreamSettings fallback = StreamSettings.DEFAULT;
        ValueType<Duration> silence = ValueType.duration(Duration.ofMillis(10), MAX_SILENCE);
        return new StreamSettings(
                root.get("heartbeat", silence.orOff(), Optional.ofNullable(fallback.heartbeat()))
                        .orElse(null),
                root.get("begin_after", ValueType.duration(Duration.ZERO, MAX_SILENCE), fallback.beginAfter()),
                root.get("stream_status_feedback", ValueType.BOOLEAN, fallback.statusFeedback()),
                root.get("write_timeout", silence, fallback.writeTimeout()),
                root.get("json_heartbeat", silence.orOff(), Optional.ofNullable(fallback.jsonHeartbeat()))
                        .orElse(null));
    }
}
