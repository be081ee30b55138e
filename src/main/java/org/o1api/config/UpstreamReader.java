package org.o1api.config;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.o1api.model.TurnInfo;
import org.o1api.settings.Section;
import org.o1api.settings.ValueType;
import org.o1api.upstream.Certificates;
import org.o1api.upstream.ModelSettings;
import org.o1api.upstream.ReasoningHistory;
import org.o1api.upstream.UpstreamSettings;
import org.o1api.upstream.UpstreamSettings.Limits;
import org.o1api.upstream.UpstreamSettings.Replies;
import org.o1api.upstream.UpstreamSettings.Timeouts;
import org.o1api.upstream.replay.Recording;
import org.o1api.upstream.replay.RecordingReader;

/** Reads the upstreams: the one of {@code default_api_url}, and those under {@code upstreams}. */
final class UpstreamReader {
    private static final String SAMPLE_URL = "https://api.example.com/v1/chat/completions";
    private static final String SAMPLE_KEY = "your_model_provider_api_key_here";
    private static final URI PLACEHOLDER_URL = URI.create("http://nowhere.invalid/");
    private static final ValueType<Duration> TIMEOUT = ValueType.duration(Duration.ofMillis(1), Duration.ofHours(24));
    private static final ValueType<Duration> RETRY_WAIT = ValueType.duration(Duration.ZERO, Duration.ofHours(1));
    private static final ValueType<Duration> RELEARN_AFTER =
            ValueType.duration(Duration.ofSeconds(1), Duration.ofDays(30));
    private static final ValueType<Long> EVENT_SIZE = ValueType.size(64 << 10, 256 << 20);
    private static final ValueType<ReasoningHistory> REASONING_HISTORY =
            ValueType.oneOf(List.of(ReasoningHistory.values()), ReasoningHistory::wireName);
    /** The headers that are part of the gateway's own protocol: without its depth a loop would not end. */
    private static final List<String> RESERVED_HEADERS =
            List.of("Content-Length", "Transfer-Encoding", TurnInfo.DEPTH_HEADER);

    private static final ValueType<String> HEADER_NAME = ValueType.LINE
            .where(
                    "a header name",
                    Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+").asMatchPredicate())
            .where(
                    "a header name other than " + String.join(", ", RESERVED_HEADERS),
                    name -> RESERVED_HEADERS.stream().noneMatch(name::equalsIgnoreCase));

    private UpstreamReader() {}

    /**
     * Reads the upstreams by name, in the order of the file; empty if no provider is configured.
     *
     * @param models the models of {@code default_api_url}
     * @param recordings gets the recordings of those that replay one, by name
     */
    static Map<String, UpstreamSettings> read(
            Section root, Map<String, ModelSettings> models, Map<String, Recording> recordings) {
        Map<String, UpstreamSettings> upstreams = new LinkedHashMap<>();
        String key = root.find("model_provider_api_key", ValueType.API_KEY);
        URI url = root.find("default_api_url", ValueType.HTTP_URL);
        rejectUserInfo(root, "default_api_url", url, "model_provider_api_key");
        if (url != null && !url.toString().equals(SAMPLE_URL)) {
            upstreams.put(
                    Config.DEFAULT_UPSTREAM,
                    new UpstreamSettings(
                            Config.DEFAULT_UPSTREAM,
                            url,
                            SAMPLE_KEY.equals(key) ? null : key,
                            null,
                            Timeouts.DEFAULT,
                            Limits.DEFAULT,
                            ReasoningHistory.DROP,
                            Replies.DEFAULT,
                            models,
                            UpstreamSettings.DEFAULT_RELEARN_AFTER,
                            Map.of(),
                            false,
                            null,
                            null));
        }
        root.sections("upstreams", (name, section) -> upstream(name, section, recordings))
                .forEach((name, upstream) -> {
                    if (upstreams.putIfAbsent(name, upstream) != null) {
                        root.addProblem(
                                "upstreams",
                                "found the name default, which is the name of the default_api_url upstream, allowed: another name");
                    }
                });
        return upstreams;
    }

    private static UpstreamSettings upstream(String name, Section section, Map<String, Recording> recordings) {
        String file = section.find("replay", ValueType.LINE);
        return file == null ? provider(name, section) : replay(name, section, file, recordings);
    }

    /** An upstream without a provider: what it calls is the recording. The other keys do not apply to it. */
    private static UpstreamSettings replay(
            String name, Section section, String file, Map<String, Recording> recordings) {
        URI id = PLACEHOLDER_URL;
        if (section.contains("url")) {
            section.addProblem("replay", "is set together with url, allowed: only one of them");
        }
        try {
            Recording recording = RecordingReader.read(section.folder(), file);
            recordings.put(name, recording);
            id = URI.create(
                    "replay://" + recording.sha256()); // so that the presets' fingerprints depend on the content
        } catch (RecordingReader.UnusableRecordingException e) {
            section.addProblem("replay", e.getMessage() + ", allowed: a file of recorded replies (see evaluation.md)");
        }
        return new UpstreamSettings(
                name,
                id,
                null,
                section.find("model", ValueType.LINE),
                Timeouts.DEFAULT,
                Limits.DEFAULT,
                ReasoningHistory.DROP,
                Replies.DEFAULT,
                ModelSettingsReader.read(section),
                UpstreamSettings.DEFAULT_RELEARN_AFTER,
                Map.of(),
                false,
                null,
                null);
    }

    private static UpstreamSettings provider(String name, Section section) {
        URI url = section.require("url", ValueType.HTTP_URL, PLACEHOLDER_URL);
        rejectUserInfo(section, "url", url, "api_key");
        @Nullable String key = section.find("api_key", ValueType.API_KEY);
        Timeouts timeouts = section.section("timeouts", UpstreamReader::timeouts);
        String model = section.find("model", ValueType.LINE);
        Limits limits = limits(section);
        Map<String, String> headers = section.values("headers", HEADER_NAME, ValueType.HEADER_VALUE);
        boolean traceHeaders = section.get("trace_headers", ValueType.BOOLEAN, false);
        URI proxy = section.find("proxy", ValueType.PROXY_URL);
        ReasoningHistory reasoning = section.get("reasoning_history", REASONING_HISTORY, ReasoningHistory.DROP);
        Replies replies = replies(section);
        Map<String, ModelSettings> models = ModelSettingsReader.read(section);
        Duration relearnAfter = section.get("relearn_after", RELEARN_AFTER, UpstreamSettings.DEFAULT_RELEARN_AFTER);
        SSLContext tls = section.section("tls", UpstreamReader::tls);
        if (tls != null && !"https".equalsIgnoreCase(url.getScheme())) {
            section.addProblem(
                    "tls", "is set, but url does not start with https://, allowed: tls only with an https:// url");
        }
        return new UpstreamSettings(
                name,
                url,
                key,
                model,
                timeouts,
                limits,
                reasoning,
                replies,
                models,
                relearnAfter,
                headers,
                traceHeaders,
                proxy,
                tls);
    }

    /** The HTTP client rejects such URLs at every call, and a password in a URL would reach logs. */
    private static void rejectUserInfo(Section section, String key, @Nullable URI url, String keyOfApiKey) {
        if (url != null && url.getRawUserInfo() != null) {
            section.addProblem(
                    key,
                    "found a user or a password in the URL, allowed: a URL without them; set the provider's key in "
                            + keyOfApiKey);
        }
    }

    /** The TLS context of an upstream; null if it uses the JVM's default. */
    private static @Nullable SSLContext tls(Section section) {
        String ca = section.find("ca", ValueType.LINE);
        String keystore = section.find("keystore", ValueType.LINE);
        String password = section.find("keystore_password", ValueType.SECRET_LINE, "none");
        if (password != null && keystore == null) {
            section.addMissing("keystore", "the PKCS12 file that keystore_password opens");
        }
        Certificates certificates = new Certificates();
        if (ca != null) {
            check(section, () -> certificates.trust(ca));
        }
        if (keystore != null) {
            check(section, () -> certificates.useClientCertificate(keystore, password == null ? "" : password));
        }
        return ca == null && keystore == null ? null : certificates.sslContext();
    }

    private interface Check {
        void run() throws Certificates.UnusableException;
    }

    private static void check(Section section, Check check) {
        try {
            check.run();
        } catch (Certificates.UnusableException e) {
            section.addProblem(e.key(), String.valueOf(e.getMessage()));
        }
    }

    private static Limits limits(Section section) {
        Limits fallback = Limits.DEFAULT;
        long concurrency = section.get("concurrency", ValueType.integer(1, 100_000), (long) fallback.concurrency());
        long queue = section.get("queue", ValueType.integer(0, 100_000), (long) fallback.queue());
        long attempts = section.get("attempts", ValueType.integer(1, 10), (long) fallback.attempts());
        return new Limits(
                (int) concurrency,
                (int) queue,
                (int) attempts,
                section.get("max_retry_wait", RETRY_WAIT, fallback.maxRetryWait()),
                section.get("circuit_breaker", ValueType.BOOLEAN, fallback.circuitBreaker()));
    }

    private static Replies replies(Section section) {
        Replies fallback = Replies.DEFAULT;
        return new Replies(
                section.get("event", EVENT_SIZE, (long) fallback.event()).intValue(),
                section.get("require_finish_reason", ValueType.BOOLEAN, fallback.requireFinishReason()),
                section.get("starts_thinking", ValueType.BOOLEAN, fallback.startsThinking()));
    }

    private static Timeouts timeouts(Section section) {
        Timeouts fallback = Timeouts.DEFAULT;
        return new Timeouts(
                section.get("connect", TIMEOUT, fallback.connect()),
                section.get("first_token", TIMEOUT, fallback.firstToken()),
                section.get("idle", TIMEOUT, fallback.idle()),
                section.get("call", TIMEOUT, fallback.call()));
    }
}
