package org.o1api.config;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.o1api.api.ApiSettings;
import org.o1api.json.Json;
import org.o1api.model.Mode;
import org.o1api.model.ReasoningFormat;
import org.o1api.model.UsageReport;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Strategy;
import org.o1api.upstream.EffortField;
import org.o1api.upstream.ModelSettings;
import org.o1api.upstream.ReasoningHistory;
import org.o1api.upstream.UpstreamSettings;

/**
 * The {@code system_fingerprint} of each preset: a short hash of the settings that affect its replies. It is equal on all nodes with
 * the same config, and differs after a change. Keys, headers and the values in the query of an upstream's URL are not hashed.
 */
public final class SystemFingerprints {
    private static final int BYTES = 5;

    private SystemFingerprints() {}

    /** The fingerprints of a config by preset name. */
    public static Map<String, String> of(Config config) {
        return config.presets().all().stream()
                .collect(Collectors.toUnmodifiableMap(Preset::name, preset -> of(preset, config)));
    }

    private static String of(Preset preset, Config config) {
        List<ProviderSettings> providers = Stream.concat(
                        preset.upstreams().stream(), preset.inMode(Mode.PRO).upstreams().stream())
                .distinct()
                .map(config.upstreams()::get)
                .filter(Objects::nonNull) // the demo model has no settings
                .map(ProviderSettings::of)
                .toList();
        ApiSettings settings = config.api();
        return hash(new ReplySettings(preset, providers, settings.reasoningFormat(), settings.usage()));
    }

    /** The settings that affect replies. New components are included automatically; names of components are hashed, too. */
    private record ReplySettings(
            Preset preset, List<ProviderSettings> providers, ReasoningFormat format, UsageReport usage) {}

    /** The settings of an upstream that affect replies and are not secret. */
    private record ProviderSettings(
            String name,
            @Nullable String scheme,
            @Nullable String server,
            @Nullable String path,
            List<String> query,
            @Nullable String model,
            ReasoningHistory reasoningHistory,
            UpstreamSettings.Replies replies,
            Map<String, EffortField> efforts) {
        static ProviderSettings of(UpstreamSettings settings) {
            URI url = settings.url();
            return new ProviderSettings(
                    settings.name(),
                    url.getScheme(),
                    url.getRawAuthority(),
                    url.getRawPath(),
                    namesIn(url.getRawQuery()),
                    settings.model(),
                    settings.reasoningHistory(),
                    settings.replies(),
                    efforts(settings.models()));
        }

        /** Without prices and limits, which change what is reported, but no reply. */
        private static Map<String, EffortField> efforts(Map<String, ModelSettings> models) {
            return models.entrySet().stream()
                    .filter(model -> model.getValue().effort() != EffortField.NONE)
                    .collect(Collectors.toUnmodifiableMap(
                            Map.Entry::getKey, model -> model.getValue().effort()));
        }

        private static List<String> namesIn(@Nullable String query) {
            return query == null
                    ? List.of()
                    : Arrays.stream(query.split("&"))
                            .filter(parameter -> parameter.contains("=")) // without a name it may be a secret value
                            .map(parameter -> parameter.substring(0, parameter.indexOf('=')))
                            .toList();
        }
    }

    private static String hash(ReplySettings settings) {
        return "fp_" + HexFormat.of().formatHex(sha256().digest(canonical(settings)), 0, BYTES);
    }

    /** Settings as canonical JSON, with sets and maps sorted, so that all nodes produce the same bytes. */
    static byte[] canonical(Record settings) {
        return Json.bytes(json -> write(json, settings));
    }

    private static void write(JsonGenerator json, @Nullable Object value) throws IOException {
        if (value instanceof Record settings) {
            json.writeStartObject();
            if (value instanceof Strategy strategy) { // two strategies may have equal settings
                json.writeStringField("strategy", strategy.name());
            }
            for (RecordComponent component : settings.getClass().getRecordComponents()) {
                json.writeFieldName(component.getName());
                write(json, valueOf(component, settings));
            }
            json.writeEndObject();
        } else if (value instanceof Set<?> set) {
            write(json, set.stream().map(String::valueOf).sorted().toList());
        } else if (value instanceof Collection<?> list) {
            json.writeStartArray();
            for (Object element : list) {
                write(json, element);
            }
            json.writeEndArray();
        } else if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            for (Map.Entry<?, ?> entry : new TreeMap<>(map).entrySet()) {
                json.writeFieldName(String.valueOf(entry.getKey()));
                write(json, entry.getValue());
            }
            json.writeEndObject();
        } else if (value instanceof Enum<?> constant) {
            json.writeString(constant.name());
        } else {
            json.writeString(value == null ? null : value.toString());
        }
    }

    private static @Nullable Object valueOf(RecordComponent component, Record settings) {
        try {
            Method accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(settings);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read the setting " + component, e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
