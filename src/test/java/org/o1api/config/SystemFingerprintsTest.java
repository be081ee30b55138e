package org.o1api.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.Gateway;
import org.o1api.model.ReasoningFormat;

class SystemFingerprintsTest {
    private static final String CONFIG = """
            api_bearer_token: token-1
            model_provider_api_key: provider-key-1
            default_api_url: "https://llm.example.org/v1/chat/completions?api-version=1&key=query-1"
            default_model: deep
            upstreams:
              spare: { url: "https://spare.example.org/v1", headers: { x-key: header-1 }, proxy: "http://u:proxy-1@proxy:3128" }
            presets:
              deep: { model: some-model, aliases: [a, b, c, d], upstream: [default, spare], steps: { min: 3, max: 25 } }
              quick: { steps: { max: 0 } }
            """;

    private static String of(String config, String preset) {
        Config read = Config.parse("config.yaml", config, name -> null, Gateway.STRATEGIES);
        return String.valueOf(SystemFingerprints.of(read).get(preset));
    }

    private record Inner(Duration time, @Nullable String none) {}

    private record Sample(
            Set<String> set, Map<String, Inner> map, List<Integer> list, ReasoningFormat constant, boolean flag) {}

    /** Sets and maps have a different iteration order in each JVM. */
    @Test
    void hashesSettingsInAFixedOrder() {
        Map<String, Inner> map = new LinkedHashMap<>();
        map.put("z", new Inner(Duration.ofMinutes(5), null));
        map.put("a", new Inner(Duration.ZERO, "b"));
        Sample sample =
                new Sample(new LinkedHashSet<>(List.of("z", "a")), map, List.of(2, 1), ReasoningFormat.THINK, true);
        assertThat(new String(SystemFingerprints.canonical(sample), StandardCharsets.UTF_8))
                .isEqualTo(
                        "{'set':['a','z'],'map':{'a':{'time':'PT0S','none':'b'},'z':{'time':'PT5M','none':null}},'list':['2','1'],'constant':'THINK','flag':'true'}"
                                .replace('\'', '"'));
    }

    @Test
    void isTheSameAfterARestart() {
        assertThat(of(CONFIG, "deep")).isEqualTo(of(CONFIG, "deep")).matches("fp_[0-9a-f]{10}");
    }

    @Test
    void differsFromPresetToPreset() {
        assertThat(of(CONFIG, "deep")).isNotEqualTo(of(CONFIG, "quick"));
    }

    @Test
    void dependsOnTheStrategyAndItsSettings() {
        assertThat(List.of(
                        "strategy: steps",
                        "strategy: vote",
                        "strategy: vote, vote: { max: 4 }",
                        "strategy: vote, show: all"))
                .extracting(settings -> of("presets: { deep: { " + settings + " } }", "deep"))
                .doesNotHaveDuplicates();
    }

    @Test
    void existsWithoutAConfig() {
        assertThat(SystemFingerprints.of(Config.defaults(Gateway.STRATEGIES)).values())
                .allMatch(value -> value.matches("fp_[0-9a-f]{10}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            some-model | other-model
            llm.example | llm2.example
            /v1/chat | /v2/chat
            api-version=1& | api-version=1&deployment=d&
            spare.example | spare2.example
            max: 25 | max: 24
            min: 3 | min: 2
            deep: { | deep: { reasoning_format: think,
            deep: { | deep: { usage: turn,
            deep: { | deep: { show: all,
            deep: { | deep: { prompts: { step: Think. next_action },
            deep: { | deep: { notes: { loop: Again. },
            deep: { | deep: { budget: { tokens: 7 },
            deep: { | deep: { strategies: [vote],
            deep: { | deep: { strategy: vote, strategies: [steps],
            deep: { | deep: { vote: { max: 7 },
            deep: { | deep: { pro: {},
            deep: { | deep: { pro: { strategy: steps },
            deep: { | deep: { pro: { show: all },
            deep: { | deep: { model_effort: low,
            deep: { | deep: { history: { reasoning: true },
            spare: { | spare: { reasoning_history: keep,
            spare: { | spare: { starts_thinking: true,
            spare: { | spare: { model: m,
            spare: { | spare: { models: { some-model: { effort: thinking } },
            default_model: | models: { some-model: { effort: reasoning } }~ndefault_model:
            default_model: | usage: turn~ndefault_model:
            default_model: | reasoning_format: both~ndefault_model:
            [default, spare] | [spare, default]
            """)
    void changesWithSettingsThatAffectReplies(String before, String after) {
        String changed = CONFIG.replace(before, after.replace("~n", "\n"));
        assertThat(changed).isNotEqualTo(CONFIG);
        assertThat(of(changed, "deep")).isNotEqualTo(of(CONFIG, "deep"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            spare: { | spare: { models: { some-model: { price: { input: 1, output: 2 } } },
            spare: { | spare: { models: { some-model: { context: 1000, max_output: 100 } },
            spare: { | spare: { models: { some-model: {}, other: { effort: none } },
            default_model: | models: { some-model: { price: { input: 1, output: 2 } } }~ndefault_model:
            default_model: | currency: EUR~ndefault_model:
            """)
    void isTheSameWithSettingsThatOnlyAffectReports(String before, String after) {
        String changed = CONFIG.replace(before, after.replace("~n", "\n"));
        assertThat(changed).isNotEqualTo(CONFIG);
        assertThat(of(changed, "deep")).isEqualTo(of(CONFIG, "deep"));
    }

    @ParameterizedTest
    @CsvSource({
        "token-1, token-2",
        "provider-key-1, provider-key-2",
        "query-1, query-2",
        "header-1, header-2",
        "proxy-1, proxy-2"
    })
    void containsNoSecret(String before, String after) {
        String changed = CONFIG.replace(before, after);
        assertThat(changed).isNotEqualTo(CONFIG);
        assertThat(of(changed, "deep")).isEqualTo(of(CONFIG, "deep"));
    }
}
