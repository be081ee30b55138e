package org.o1api.reasoning;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Budget;
import org.o1api.model.Mode;
import org.o1api.model.PriceList;
import org.o1api.settings.Section;
import org.o1api.settings.ValueType;

/**
 * Reads budgets. A budget that limits the cost needs the price of every model that may answer, which is known only when everything has
 * been read.
 */
public final class BudgetReader {
    private static final String COST = "cost";
    private static final BigDecimal MIN_COST = new BigDecimal("0.000001");

    private static final ValueType<Long> CALLS = ValueType.integer(1, 1000);
    private static final ValueType<Long> TOKENS = ValueType.integer(1, 1_000_000_000);
    private static final ValueType<Duration> TIME = ValueType.duration(Duration.ofSeconds(1), Duration.ofHours(24));
    private static final ValueType<BigDecimal> MONEY = ValueType.decimal(MIN_COST, new BigDecimal(1_000_000));
    private static final String PRESETS = "the preset's";

    /** The sections of the budgets that limit the cost. */
    private final IdentityHashMap<Budget, Section> costLimits = new IdentityHashMap<>();

    /**
     * Reads the budget of a preset.
     *
     * @param fallback the values of absent keys
     */
    Budget read(Section section, Budget fallback) {
        long calls = section.get("calls", CALLS, (long) fallback.calls());
        long retries = section.get("retries", ValueType.integer(0, 100), (long) fallback.retries());
        @Nullable
        BigDecimal cost = fallback.cost() == null
                ? section.find(COST, MONEY, "no limit")
                : section.get(COST, MONEY, fallback.cost());
        Budget budget = new Budget(
                (int) calls,
                section.get("tokens", TOKENS, fallback.tokens()),
                section.get("time", TIME, fallback.time()),
                (int) retries,
                cost);
        if (cost != null) {
            costLimits.put(budget, section);
        }
        return budget;
    }

    /** Reports the first mode of a preset that limits the cost although a model has no price. */
    void checkCost(Preset preset, PriceList prices) {
        for (Preset mode : modes(preset).toList()) {
            Section section = costLimits.get(mode.budget());
            if (section != null) {
                Optional<PriceList.Unpriced> unpriced = prices.firstUnpriced(mode.upstreams(), mode.model());
                if (unpriced.isPresent()) {
                    section.addProblem(COST, message(mode, unpriced.get()));
                    return;
                }
            }
        }
    }

    /** Reads the limits of an API key, which may use these presets. */
    public static Budget.Limits limits(Section section, Iterable<Preset> presets, PriceList prices) {
        Long calls = section.find("calls", CALLS, PRESETS);
        BigDecimal cost = section.find(COST, MONEY, PRESETS);
        if (cost != null) {
            for (Preset preset : presets) {
                modes(preset)
                        .flatMap(mode -> prices.firstUnpriced(mode.upstreams(), mode.model()).stream())
                        .findFirst()
                        .ifPresent(unpriced -> section.addProblem(COST, message(preset, unpriced)));
            }
        }
        return new Budget.Limits(
                calls == null ? null : calls.intValue(),
                section.find("tokens", TOKENS, PRESETS),
                section.find("time", TIME, PRESETS),
                cost);
    }

    private static Stream<Preset> modes(Preset preset) {
        return Stream.of(Mode.values()).map(preset::inMode);
    }

    private static String message(Preset preset, PriceList.Unpriced unpriced) {
        return "needs a price, but the model '" + unpriced.model() + "' of the upstream " + unpriced.upstream()
                + ", which the preset " + preset.name()
                + " uses, has none, allowed: a limit of the cost if each model has a"
                + " price in models or upstreams.*.models";
    }
}
