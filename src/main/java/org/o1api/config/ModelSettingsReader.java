package org.o1api.config;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.model.ModelLimits;
import org.o1api.model.Price;
import org.o1api.settings.Section;
import org.o1api.settings.ValueType;
import org.o1api.upstream.EffortField;
import org.o1api.upstream.ModelSettings;

/** Reads what is configured about the models of an upstream: {@code models} at the root and in {@code upstreams.*}. */
final class ModelSettingsReader {
    private static final ValueType<BigDecimal> PRICE = ValueType.decimal(BigDecimal.ZERO, new BigDecimal(1_000_000));
    private static final ValueType<Long> TOKENS = ValueType.integer(1, 1_000_000_000);
    private static final ValueType<EffortField> EFFORT =
            ValueType.oneOf(List.of(EffortField.values()), EffortField::wireName);

    private ModelSettingsReader() {}

    /** Reads the models of an upstream by the provider's names. */
    static Map<String, ModelSettings> read(Section section) {
        return section.sections("models", (name, model) -> model(model));
    }

    private static ModelSettings model(Section section) {
        return new ModelSettings(
                price(section),
                new ModelLimits(section.find("context", TOKENS), section.find("max_output", TOKENS)),
                section.get("effort", EFFORT, EffortField.NONE));
    }

    private static @Nullable Price price(Section section) {
        return section.section("price", price -> {
            BigDecimal input = required(price, "input");
            BigDecimal output = required(price, "output");
            BigDecimal cached = price.find("cached_input", PRICE, "the price of input");
            BigDecimal cacheWrite = price.find("cache_write", PRICE, "the price of input");
            return input == null || output == null
                    ? null
                    : new Price(
                            input, cached == null ? input : cached, cacheWrite == null ? input : cacheWrite, output);
        });
    }

    /** Both prices are required, unless there are none at all. */
    private static @Nullable BigDecimal required(Section price, String key) {
        return price.isEmpty() ? price.find(key, PRICE, "required") : price.require(key, PRICE, BigDecimal.ZERO);
    }
}
