package org.o1api.api.chat;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.o1api.api.ApiSettings;
import org.o1api.api.Json;
import org.o1api.llm.ReasoningFormat;
import org.o1api.llm.UsageReport;
import org.o1api.reasoning.Preset;
import org.o1api.upstream.ReasoningHistory;
import org.o1api.upstream.UpstreamSettings;

/**
 * The {@code system_fingerprint} of each preset: a short hash of what shapes its replies. It is the same on every node with the same
 * config, and another one after a change. No secret is hashed: of an upstream's URL neither credentials nor values of its query,
 * and neither keys nor headers.
 */
public final class SystemFingerprints {
    private static final int BYTES = 5;

    private final Map<String, String> byPreset = new HashMap<>();

    /**
     * The fingerprints of a config.
     *
     * @param upstreams by name; one that is not there has no settings
     */
    public SystemFingerprints(
            Collection<Preset> presets, Map<String, UpstreamSettings> upstreams, ApiSettings settings) {
        for (Preset preset : presets) {
            List<Provider> providers = preset.upstreams().stream()
                    .map(upstreams::get)
                    .filter(Objects::nonNull)
                    .map(Provider::of)
                    .toList();
            byPreset.put(
                    preset.name(), hash(new Shape(preset, providers, settings.reasoningFormat(), settings.usage())));
        }
    }

    /** The fingerprint of replies of a preset. */
    String of(Preset preset) {
        return Objects.requireNonNull(byPreset.get(preset.name()), "a preset that the config does not have");
    }

    /** What shapes a reply. A new setting of a preset is part of it without further ado. */
    private record Shape(Preset preset, List<Provider> providers, ReasoningFormat format, UsageReport usage) {}

    /** What an upstream's settings have that shapes a reply and is no secret. */
    private record Provider(
            String name,
            @Nullable String scheme,
            @Nullable String host,
            int port,
            @Nullable String path,
            List<String> query,
            @Nullable String model,
            ReasoningHistory reasoningHistory,
            UpstreamSettings.Replies replies) {
        static Provider of(UpstreamSettings settings) {
            URI url = settings.url();
            return new Provider(
                    settings.name(),
                    url.getScheme(),
                    url.getHost(),
                    url.getPort(),
                    url.getRawPath(),
                    namesIn(url.getRawQuery()),
                    settings.model(),
                    settings.reasoningHistory(),
                    settings.replies());
        }

        private static List<String> namesIn(@Nullable String query) {
            return query == null
                    ? List.of()
                    : Arrays.stream(query.split("&"))
                            .filter(parameter -> parameter.contains("=")) // a value alone may be the secret
                            .map(parameter -> parameter.substring(0, parameter.indexOf('=')))
                            .toList();
        }
    }

    private static String hash(Shape shape) {
        byte[] canonical = Json.bytes(json -> write(json, shape));
        byte[] digest = sha256().digest(canonical);
        return "fp_" + HexFormat.of().formatHex(digest, 0, BYTES);
    }

    /** Writes a setting in the one form that it has on every node. */
    private static void write(JsonGenerator json, @Nullable Object value) throws IOException {
        if (value instanceof Record settings) {
            json.writeStartObject();
            for (RecordComponent component : settings.getClass().getRecordComponents()) {
                json.writeFieldName(component.getName());
                write(json, valueOf(component, settings));
            }
            json.writeEndObject();
        } else if (value instanceof Set<?> set) { // the order differs from node to node
            write(json, set.stream().map(String::valueOf).sorted().toList());
        } else if (value instanceof Collection<?> list) {
            json.writeStartArray();
            for (Object element : list) {
                write(json, element);
            }
            json.writeEndArray();
        } else if (value instanceof Map<?, ?> map) { // here too
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
            throw new IllegalStateException("a setting that cannot be read: " + component, e);
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
