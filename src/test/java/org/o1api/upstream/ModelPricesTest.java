package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.o1api.Gateway;
import org.o1api.config.Config;
import org.o1api.model.PriceList.Unpriced;

class ModelPricesTest {
    private static ModelPrices prices(String yaml) {
        return Config.parse("test", yaml, name -> null, Gateway.STRATEGIES).prices();
    }

    private static BigDecimal input(ModelPrices prices, String upstream, String model) {
        return Objects.requireNonNull(prices.of(upstream, model)).input();
    }

    @Test
    void findsThePriceOfTheModelThatAnUpstreamUses() {
        ModelPrices prices = prices("""
                default_api_url: http://a.example/
                default_model: m
                models: { m: { price: { input: 1, output: 2 } }, n: {} }
                upstreams:
                  spare: { url: "http://b.example/", model: local, models: { local: { price: { input: 3, output: 4 } } } }
                """);
        assertThat(input(prices, "default", "m")).isEqualByComparingTo("1");
        assertThat(input(prices, "spare", "m")).isEqualByComparingTo("3");
        assertThat(input(prices, "spare", "local")).isEqualByComparingTo("3");
        assertThat(prices.of("default", "n")).isNull();
        assertThat(prices.of("unknown", "m")).isNull();
        assertThat(prices.firstUnpriced(List.of("default", "spare"), "m")).isEmpty();
        assertThat(prices.firstUnpriced(List.of("spare", "default"), "n")).contains(new Unpriced("default", "n"));
    }

    @Test
    void theDemoModelHasAPriceOnlyIfItIsConfigured() {
        assertThat(prices("{}").of("default", "o1-demo")).isNull();
        assertThat(input(prices("models: { o1-demo: { price: { input: 1, output: 2 } } }"), "default", "o1-demo"))
                .isEqualByComparingTo("1");
    }

    @Test
    void hasNoPriceOfAnUpstreamThatIsNotConfigured() {
        assertThat(ModelPrices.of("a", Map.of()).firstUnpriced(List.of("a"), "m"))
                .contains(new Unpriced("a", "m"));
    }
}
