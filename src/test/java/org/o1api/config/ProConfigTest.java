package org.o1api.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.Gateway;
import org.o1api.model.Budget;
import org.o1api.model.Effort;
import org.o1api.model.Mode;
import org.o1api.model.ReasoningFormat;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Presets;

/** {@code presets.*.pro} and {@code presets.*.strategies}. */
class ProConfigTest {
    private static final String SETTINGS = "model: m, steps: { min: 2, max: 6 }, vote: { max: 3 }, show: all, "
            + "reasoning_format: think, history: { tokens: 500 }, model_effort: low";

    @Test
    void takesWhatItDoesNotSetFromThePreset() {
        for (String pro : new String[] {"", ", pro: {}", ", pro:", ", pro: { vote: {}, history: }"}) {
            Preset preset = preset(SETTINGS + pro);
            Preset inPro = preset.inMode(Mode.PRO);

            assertThat(inPro)
                    .usingRecursiveComparison()
                    .ignoringFields("strategy", "strategies", "budget", "pro")
                    .isEqualTo(preset);
            assertThat(inPro.strategy())
                    .isEqualTo(preset("strategy: vote, vote: { max: 3 }").strategy());
            assertThat(inPro.strategies()).containsOnlyKeys("vote", "steps");
            assertThat(inPro.strategies().get("steps")).isEqualTo(preset.strategy());
        }
    }

    @Test
    void changesKeysAndMergesSections() {
        Preset preset = preset(SETTINGS
                + ", pro: { model: m-pro, show: conclusions, reasoning_format: both, history: { reasoning: true },"
                + " model_effort: max, steps: { max: 9 }, vote: { max: 16 } }");
        Preset pro = preset.inMode(Mode.PRO);

        assertThat(pro.model()).isEqualTo("m-pro");
        assertThat(pro.show()).isEqualTo(Preset.ShownSteps.CONCLUSIONS);
        assertThat(pro.reasoningFormat()).isEqualTo(ReasoningFormat.BOTH);
        assertThat(pro.history()).isEqualTo(new Preset.History(500, true));
        assertThat(pro.modelEffort()).isEqualTo(Effort.MAX);
        assertThat(pro.strategy())
                .isEqualTo(preset("strategy: vote, vote: { max: 16 }").strategy());
        assertThat(pro.strategies().get("steps"))
                .isEqualTo(preset("steps: { min: 2, max: 9 }").strategy());
        assertThat(preset.strategy())
                .isEqualTo(preset("steps: { min: 2, max: 6 }").strategy());
        assertThat(preset.model()).isEqualTo("m");
    }

    @Test
    void takesTheConfiguredStrategy() {
        assertThat(preset("pro: { strategy: steps, steps: { max: 50 } }")
                        .inMode(Mode.PRO)
                        .strategy())
                .isEqualTo(preset("steps: { max: 50 }").strategy());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                                                         | 120 | 200000  | 1200 | 24
            pro: {}                                                    | 120 | 200000  | 1200 | 24
            budget: { calls: 10, tokens: 7, time: 2s, retries: 0 }     | 40  | 28      | 8    | 0
            budget: { calls: 10 }, pro: { budget: { calls: 100 } }     | 100 | 200000  | 1200 | 24
            budget: { tokens: 100 }, pro: { budget: { time: 10s } }    | 120 | 400     | 10   | 24
            budget: { calls: 1000, time: 24h }                         | 4000 | 200000 | 345600 | 24
            """)
    void hasFourTimesTheBudget(String settings, int calls, long tokens, long seconds, int retries) {
        assertThat(preset(settings).inMode(Mode.PRO).budget())
                .isEqualTo(new Budget(calls, tokens, Duration.ofSeconds(seconds), retries));
    }

    /** The model of a preset without one is {@code default_model}. */
    @ParameterizedTest
    @CsvSource({"'', d", "'pro: { show: all }', d", "'pro: { model: x }', x", "'model: m', m"})
    void hasThePresetsModel(String settings, String model) {
        Preset preset = preset("default_model: d\npresets: { p: { " + settings + " } }", "p");
        assertThat(preset.inMode(Mode.PRO).model()).isEqualTo(model);
    }

    @Test
    void offersTheStrategiesThatArePresent() {
        assertThat(preset("model: m").strategies()).containsOnlyKeys("steps");
        assertThat(preset("strategies: [vote]").strategies()).containsOnlyKeys("steps", "vote");
        assertThat(preset("strategy: vote, strategies: [steps, vote], steps: { max: 4 }")
                        .strategies()
                        .get("steps"))
                .isEqualTo(preset("steps: { max: 4 }").strategy());
    }

    /** A request in pro mode may also choose the strategy that the preset has in standard mode. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                                                       | vote,steps
            pro: { strategies: [single] }                            | vote,steps,single
            strategies: [single]                                     | vote,steps,single
            strategies: [single], pro: { strategies: [direct] }      | vote,steps,direct
            strategies: [single], pro: { strategies: [steps] }       | vote,steps
            strategies: [single], pro: { strategy: steps }           | steps,single
            strategy: auto, pro: { strategies: [steps], steps: { max: 4 } } | vote,auto,steps
            """)
    void offersTheStrategiesThatItNames(String settings, String names) {
        assertThat(preset(settings).inMode(Mode.PRO).strategies().keySet()).containsExactly(names.split(","));
    }

    @ParameterizedTest
    @CsvSource({
        "p, p, STANDARD",
        "p-pro, p, PRO",
        "a, p, STANDARD",
        "a-pro, p, PRO",
        "q-pro, q-pro, STANDARD",
        "q-pro-pro, q-pro, PRO",
        "b-pro, p, STANDARD",
        "p-PRO, , ",
        "-pro, , ",
        "x-pro, , "
    })
    void isNamedByASuffixUnlessTheNameIsTaken(String name, String preset, Mode mode) {
        Presets presets = parse("presets: { p: { aliases: [a, b-pro] }, q: {}, q-pro: {}, b: {} }")
                .presets();
        assertThat(presets.choice(name).map(choice -> choice.preset().name())).isEqualTo(Optional.ofNullable(preset));
        assertThat(presets.choice(name).map(Presets.Choice::mode)).isEqualTo(Optional.ofNullable(mode));
        assertThat(presets.find(name, any -> true)).isEqualTo(presets.choice(name));
        assertThat(presets.find(name, other -> false)).isEmpty();
    }

    @Test
    void isListedIfThereIsASection() {
        Presets presets = parse("presets: { p: { pro: {} }, q: {}, r: { pro: }, p2: { pro: {}, aliases: [r-pro] } }")
                .presets();
        assertThat(presets.listedNames(any -> true)).containsExactly("p", "p-pro", "q", "r", "p2", "p2-pro");
        assertThat(presets.listedNames("p"::equals)).containsExactly("p", "p-pro");
    }

    /** Without presets any name is accepted, but only the name of the one preset has a pro mode. */
    @Test
    void needsThePresetsNameIfAnyNameIsAccepted() {
        Presets presets = parse("default_model: m").presets();
        assertThat(presets.find("m-pro", any -> true).orElseThrow().mode()).isEqualTo(Mode.PRO);
        assertThat(presets.find("gpt-9-pro", any -> true).orElseThrow().mode()).isEqualTo(Mode.STANDARD);
    }

    private static Preset preset(String settings) {
        return preset("presets: { p: { " + settings + " } }", "p");
    }

    private static Preset preset(String file, String name) {
        return Objects.requireNonNull(parse(file).presets().named(name).orElse(null));
    }

    private static Config parse(String file) {
        return Config.parse("config.yaml", file, name -> null, Gateway.STRATEGIES);
    }
}
