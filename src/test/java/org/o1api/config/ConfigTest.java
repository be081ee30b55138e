package org.o1api.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.Gateway;
import org.o1api.api.ApiSettings.RequestLimits;
import org.o1api.auth.ApiKey;
import org.o1api.model.Budget;
import org.o1api.model.ReasoningFormat;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Strategy;
import org.o1api.server.StreamSettings;
import org.o1api.upstream.UpstreamSettings;
import org.o1api.upstream.UpstreamSettings.Timeouts;

class ConfigTest {
    private static final String LEGACY_CONFIG = """
            api_bearer_token: "s3cret"
            model_provider_api_key: "sk-provider"
            default_api_url: "https://llm.example.org/v1/chat/completions?version=1"
            default_model: "gpt-4o"
            stream_status_feedback: true
            use_regex_processing: true
            """;

    @Test
    void readsTheSixLegacyKeys() throws Exception {
        Config config = parse(LEGACY_CONFIG);

        assertThat(config.apiKeys()).containsExactly(new ApiKey("default", sha256("s3cret"), Set.of()));
        UpstreamSettings upstream = upstream(config, "default");
        assertThat(upstream.url()).hasToString("https://llm.example.org/v1/chat/completions?version=1");
        assertThat(upstream.apiKey()).isEqualTo("sk-provider");
        assertThat(upstream.timeouts()).isEqualTo(Timeouts.DEFAULT);
        assertThat(config.api().reasoningFormat()).isEqualTo(ReasoningFormat.MARKDOWN);
        assertThat(config.stream()).isEqualTo(StreamSettings.DEFAULT);
        assertThat(config.presets().all()).extracting(Preset::name).containsExactly("gpt-4o");
        assertThat(preset(config, "any-other").model()).isEqualTo("gpt-4o");
        assertThat(preset(config, null).upstreamNames()).isEqualTo(Config.DEFAULT_UPSTREAM);
    }

    @Test
    void hasDefaultsForEverything() {
        Config config = Config.defaults(Gateway.STRATEGIES);

        assertThat(config.apiKeys()).isEmpty();
        assertThat(config.upstreams()).isEmpty();
        assertThat(config.api().limits()).isEqualTo(RequestLimits.DEFAULT);
        assertThat(config.api().reasoningFormat()).isEqualTo(ReasoningFormat.REASONING_CONTENT);
        assertThat(preset(config, "thinker").name()).isEqualTo("o1-demo");
        assertThat(preset(config, "thinker").upstreamNames()).isEqualTo(Config.DEFAULT_UPSTREAM);
        assertThat(preset(config, "thinker").strategy()).isEqualTo(steps(""));
    }

    @Test
    void loadsTheShippedFileWithoutAnyEnvironment() throws Exception {
        Config config = parse(Files.readString(Path.of("config.yaml")));

        assertThat(config.apiKeys()).isEmpty();
        assertThat(config.upstreams()).isEmpty();
        assertThat(config.presets().all()).extracting(Preset::name).containsExactly("thinker", "thinker-fast");
        assertThat(preset(config, "thinker").model()).isEqualTo("some-model");
        assertThat(preset(config, "thinker").strategy()).isEqualTo(strategy("auto", ""));
        assertThat(preset(config, "o1").name()).isEqualTo("thinker");
        assertThat(preset(config, "thinker-fast").model()).isEqualTo("some-model");
        assertThat(preset(config, "thinker-fast").strategy()).isEqualTo(steps("steps: { max: 0 }"));
        assertThat(preset(config, null).name()).isEqualTo("thinker");
        assertThat(config.presets().find("gpt-4o", any -> true)).isEmpty();
    }

    @Test
    void loadsTheShippedFileFullyUncommented() throws Exception {
        String all = Files.readString(Path.of("config.yaml")).replaceAll("(?m)^# (?=[a-z_]+:| )", "");
        Config config = parse(
                all.replaceAll("\\$\\{file:[^}]*}", "key-a"),
                Map.of("OPENAI_API_KEY", "sk-1", "O1_REASONING_KEY", "A".repeat(43) + "="));

        assertThat(config.reasoningKeys()).hasSize(1);

        assertThat(config.apiKeys()).extracting(ApiKey::name).containsExactly("team-a", "team-b");
        assertThat(config.upstreams()).containsOnlyKeys("main");
        StreamSettings stream = StreamSettings.DEFAULT;
        assertThat(config.stream()).isEqualTo(stream);
        assertThat(config.api().limits()).isEqualTo(RequestLimits.DEFAULT);
        assertThat(preset(config, "thinker").strategy())
                .isEqualTo(strategy(
                        "auto",
                        "single: { prompts: { answer: Now give the final answer. } },"
                                + " vote: { prompts: { answer: Now give the final answer. } }"));
        assertThat(preset(config, "thinker").upstreamNames()).isEqualTo("main");
        assertThat(preset(config, "thinker-fast").strategy())
                .isEqualTo(steps("steps: { max: 0 }, prompts: { answer: Now give the final answer. }"));
    }

    @Test
    void readsEverySettingOfAnUpstream() {
        Config config = parse("""
                        default_model: m
                        upstreams:
                          main:
                            url: http://localhost:11434/v1/chat/completions
                            api_key: k
                            timeouts: { connect: 1s, first_token: 2m, idle: 300ms, call: 1h }
                            model: big
                            concurrency: 7
                            queue: 0
                            attempts: 1
                            max_retry_wait: 0s
                            circuit_breaker: false
                            headers: { X-Team: a, X-Number: 010 }
                            trace_headers: true
                            proxy: http://user:pass@proxy:3128
                        """);
        UpstreamSettings upstream = upstream(config, "main");

        assertThat(upstream.timeouts())
                .isEqualTo(new Timeouts(
                        Duration.ofSeconds(1), Duration.ofMinutes(2), Duration.ofMillis(300), Duration.ofHours(1)));
        assertThat(upstream.model()).isEqualTo("big");
        assertThat(upstream.limits()).isEqualTo(new UpstreamSettings.Limits(7, 0, 1, Duration.ZERO, false));
        assertThat(upstream.headers()).isEqualTo(Map.of("X-Team", "a", "X-Number", "010"));
        assertThat(upstream.traceHeaders()).isTrue();
        assertThat(upstream.proxy()).hasToString("http://user:pass@proxy:3128");
        assertThat(upstream.toString()).doesNotContain("pass").doesNotContain("localhost");
    }

    @Test
    void readsEverySettingOfAPreset() {
        Config config = parse("""
                default_model: fast
                upstreams: { main: { url: "http://a/" }, other: { url: "http://b/" } }
                prompts: { next: On. }
                presets:
                  slow:
                    upstream: [other, main]
                    model: big
                    strategy: steps
                    steps: { min: 1, max: 9 }
                    budget: { calls: 4, tokens: 5, time: 6s, retries: 7 }
                    reasoning_format: think
                    prompts: { answer: Answer. }
                  fast: {}
                  bare:
                """);

        Preset slow = preset(config, "slow");
        assertThat(slow.upstreams()).containsExactly("other", "main");
        assertThat(slow.model()).isEqualTo("big");
        assertThat(slow.strategy())
                .isEqualTo(steps("steps: { min: 1, max: 9 }, prompts: { next: On., answer: Answer. }"));
        assertThat(slow.budget()).isEqualTo(new Budget(4, 5, Duration.ofSeconds(6), 7));
        assertThat(slow.reasoningFormat()).isEqualTo(ReasoningFormat.THINK);
        assertThat(preset(config, "bare").model()).isEqualTo("bare");
        assertThat(preset(config, "bare").upstreamNames()).isEqualTo("main");
        assertThat(preset(config, null).name()).isEqualTo("fast");
    }

    @Test
    void usesTheDefaultUpstreamForAPresetWithoutOne() {
        Config config = parse(LEGACY_CONFIG + "upstreams: { other: { url: 'http://b/' } }\npresets: { thinker: {} }\n");

        assertThat(config.upstreams()).containsOnlyKeys("default", "other");
        assertThat(preset(config, "thinker").upstreamNames()).isEqualTo("default");
    }

    @Test
    void keepsTheOrderOfTheUpstreams() {
        List<String> names =
                IntStream.range(0, 40).mapToObj(i -> "u" + i % 7 * 6 + i).toList();
        String sections =
                names.stream().map(name -> name + ": { url: 'http://a/' }").collect(Collectors.joining(", "));

        assertThat(parse("default_model: m\nupstreams: { " + sections + " }")
                        .upstreams()
                        .keySet())
                .containsExactlyElementsOf(names);
    }

    @Test
    void findsPresetsByTheirAliases() {
        Config config =
                parse("presets: { a: { aliases: [b, team/c, 'd e'] }, f: { aliases: [g] } }\ndefault_model: g\n");

        for (String name : List.of("a", "b", "team/c", "d e")) {
            assertThat(preset(config, name).name()).as(name).isEqualTo("a");
            assertThat(config.presets().find(name, "a"::equals)).as(name).isPresent();
            assertThat(config.presets().find(name, "f"::equals)).as(name).isEmpty();
        }
        assertThat(preset(config, null).name()).isEqualTo("f");
        assertThat(config.presets().all()).extracting(Preset::name).containsExactly("a", "f");
        assertThat(config.presets().find("h", any -> true)).isEmpty();
    }

    /** Each row: the file, and the models of the presets a and b. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    default_model: m;presets: { a: {}, b: }                             | m | m
                    default_model: m;presets: { a: { model: n }, b: {} }                | n | m
                    default_model: m;presets: { a: { model: }, b: { model: '' } }       | m | m
                    default_model: a;presets: { a: {}, b: {} }                          | a | b
                    default_model: b;presets: { a: { model: n }, b: {} }                | n | b
                    default_model: c;presets: { a: {}, b: { aliases: [c] } }            | a | b
                    default_model: c;presets: { a: { aliases: [c], model: n }, b: {} }  | n | b
                    presets: { a: {}, b: { aliases: [c] } }                             | a | b
                    """)
    void usesTheDefaultModelUnlessItNamesAPreset(String file, String ofA, String ofB) {
        Config config = parse(file.replace(';', '\n'));

        assertThat(preset(config, "a").model()).isEqualTo(ofA);
        assertThat(preset(config, "b").model()).isEqualTo(ofB);
    }

    @Test
    void readsSeveralApiKeys() throws Exception {
        Config config = parse("""
                api_bearer_token: s3cret
                presets: { thinker: {}, other: {} }
                api_keys:
                  - { name: a, key: "${KEY_A}", presets: [thinker] }
                  - { name: b, sha256: 2C26B46B68FFC68FF99B453C1D30413413422D706483BFA0F98A5E886266E7AE }
                """, Map.of("KEY_A", "key-a"));

        assertThat(config.apiKeys())
                .containsExactly(
                        new ApiKey("default", sha256("s3cret"), Set.of()),
                        new ApiKey("a", sha256("key-a"), Set.of("thinker")),
                        new ApiKey("b", sha256("foo"), Set.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "''",
                "",
                "null",
                "~",
                "your_api_bearer_token",
                "your_api_bearer_token_here",
                "${NOT_SET:-}",
                "${EMPTY}"
            })
    void ignoresAnEmptyOrSampleToken(String token) {
        assertThat(parse("api_bearer_token: " + token, Map.of("EMPTY", "")).apiKeys())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "''", "https://api.example.com/v1/chat/completions", "${NOT_SET:-}"})
    void ignoresAnEmptyOrSampleUrl(String url) {
        assertThat(parse("default_api_url: " + url).upstreams()).isEmpty();
    }

    @Test
    void ignoresTheSampleProviderKey() {
        Config config = parse(LEGACY_CONFIG.replace("sk-provider", "your_model_provider_api_key_here"));

        assertThat(upstream(config, "default").apiKey()).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    default_model: m                                        | REASONING_CONTENT
                    use_regex_processing: true                              | MARKDOWN
                    use_regex_processing: True                              | MARKDOWN
                    use_regex_processing: false                             | DETAILS
                    {use_regex_processing: true, reasoning_format: think}   | THINK
                    {use_regex_processing: , reasoning_format: none}        | NONE
                    reasoning_format: reasoning                             | REASONING
                    """)
    void choosesTheReasoningFormat(String yaml, ReasoningFormat format) {
        assertThat(parse(yaml).api().reasoningFormat()).isEqualTo(format);
    }

    @ParameterizedTest
    @CsvSource({"4096, 4096", "010000, 10000", "64KiB, 65536", "10 MiB, 10485760"})
    void readsSizes(String text, int bytes) {
        assertThat(parse("limits: { body: " + text + " }").api().limits().body())
                .isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"500ms, 500", "5s, 5000", "5 s, 5000", "2m, 120000", "'\"1s\"', 1000", "${T}, 7000", "${U:-8s}, 8000"})
    void readsDurations(String text, long millis) {
        assertThat(parse("heartbeat: " + text, Map.of("T", "7s")).stream().heartbeat())
                .hasMillis(millis);
    }

    @ParameterizedTest
    @ValueSource(strings = {"heartbeat: off", "heartbeat: 'off'", "{heartbeat: off, json_heartbeat: off}"})
    void switchesHeartbeatsOff(String yaml) {
        assertThat(parse(yaml).stream().heartbeat()).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    default_model: m                        | 15000
                    json_heartbeat: 500ms                   | 500
                    json_heartbeat:                         | 15000
                    json_heartbeat: off                     |
                    {heartbeat: off, json_heartbeat: 'off'} |
                    heartbeat: off                          | 15000
                    """)
    void readsTheHeartbeatOfRepliesThatAreNotStreamed(String yaml, @Nullable Long millis) {
        assertThat(parse(yaml).stream().jsonHeartbeat()).isEqualTo(millis == null ? null : Duration.ofMillis(millis));
    }

    @Test
    void readsAnchorsAndAliases() {
        Config config = parse("default_model: &m some\npresets: { thinker: { model: *m } }");

        assertThat(preset(config, "thinker").model()).isEqualTo("some");
    }

    private static Config parse(String yaml) {
        return parse(yaml, Map.of());
    }

    @ParameterizedTest
    @ValueSource(strings = {"steps", "single", "direct", "vote", "auto"})
    void everyStrategyHasAHeadingForItsSteps(String strategy) {
        Config config = parse("notes: { step: \"Schritt {number}\" }\npresets: { p: { strategy: " + strategy
                + ", notes: { step: \"Pas {number}\" } }, q: { strategy: " + strategy + " } }");
        assertThat(preset(config, "p").stepHeading().text(2)).isEqualTo("Pas 2");
        assertThat(preset(config, "q").stepHeading().text(2)).isEqualTo("Schritt 2");
    }

    private static Config parse(String yaml, Map<String, String> environment) {
        return Config.parse("config.yaml", yaml, environment::get, Gateway.STRATEGIES);
    }

    /** The strategy of a preset with these settings. */
    private static Strategy steps(String settings) {
        return strategy("steps", settings);
    }

    private static Strategy strategy(String name, String settings) {
        return preset(parse("presets: { p: { strategy: " + name + ", " + settings + " } }"), "p")
                .strategy();
    }

    private static UpstreamSettings upstream(Config config, String name) {
        return Objects.requireNonNull(config.upstreams().get(name));
    }

    private static Preset preset(Config config, @Nullable String name) {
        return config.presets().find(name, any -> true).orElseThrow().preset();
    }

    private static String sha256(String text) throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(hash);
    }
}
