package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.Gateway;
import org.o1api.config.Config;
import org.o1api.model.ModelLimits;
import org.o1api.model.PriceList.Unpriced;

class ConfiguredModelsTest {
    private static ConfiguredModels models(String yaml) {
        return Config.parse("test", yaml, name -> null, Gateway.STRATEGIES).models();
    }

    private static BigDecimal input(ConfiguredModels models, String upstream, String model) {
        return Objects.requireNonNull(models.of(upstream, model)).input();
    }

    @Test
    void findsThePriceOfTheModelThatAnUpstreamUses() {
        ConfiguredModels models = models("""
                default_api_url: http://a.example/
                default_model: m
                models: { m: { price: { input: 1, output: 2 } }, n: {} }
                upstreams:
                  spare: { url: "http://b.example/", model: local, models: { local: { price: { input: 3, output: 4 } } } }
                """);
        assertThat(input(models, "default", "m")).isEqualByComparingTo("1");
        assertThat(input(models, "spare", "m")).isEqualByComparingTo("3");
        assertThat(input(models, "spare", "local")).isEqualByComparingTo("3");
        assertThat(models.of("default", "n")).isNull();
        assertThat(models.of("unknown", "m")).isNull();
        assertThat(models.firstUnpriced(List.of("default", "spare"), "m")).isEmpty();
        assertThat(models.firstUnpriced(List.of("spare", "default"), "n")).contains(new Unpriced("default", "n"));
    }

    @Test
    void theDemoModelHasAPriceOnlyIfItIsConfigured() {
        assertThat(models("{}").of("default", "o1-demo")).isNull();
        assertThat(input(models("models: { o1-demo: { price: { input: 1, output: 2 } } }"), "default", "o1-demo"))
                .isEqualByComparingTo("1");
    }

    @Test
    void hasNoPriceOfAnUpstreamThatIsNotConfigured() {
        assertThat(ConfiguredModels.of("a", Map.of()).firstUnpriced(List.of("a"), "m"))
                .contains(new Unpriced("a", "m"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            default         | m | 128000 | 16000
            default         | n | 32000  |
            default         | o |        |
            spare           | m | 64000  | 8000
            spare           | n | 64000  | 8000
            small           | m |        | 4000
            other           | m |        |
            default,spare   | m | 64000  | 8000
            spare,default   | n | 32000  | 8000
            default,small   | m | 128000 | 4000
            default,other   | m | 128000 | 16000
            """)
    void hasTheLowestLimitsOfTheUpstreamsThatMayAnswer(
            String upstreams, String model, @Nullable Long context, @Nullable Long maxOutput) {
        ConfiguredModels models = models("""
                default_api_url: http://a.example/
                default_model: m
                models: { m: { context: 128000, max_output: 16000 }, n: { context: 32000 } }
                upstreams:
                  spare: { url: "http://b.example/", model: local, models: { local: { context: 64000, max_output: 8000 } } }
                  small: { url: "http://c.example/", models: { m: { max_output: 4000 } } }
                  other: { url: "http://d.example/" }
                """);
        assertThat(models.limits(List.of(upstreams.split(",")), model)).isEqualTo(new ModelLimits(context, maxOutput));
    }
}
