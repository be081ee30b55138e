package org.o1api.reasoning;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Budget;
import org.o1api.model.ReasoningFormat;

/** Presets for tests. */
public final class TestPresets {
    private TestPresets() {}

    /** A preset of the upstream {@code main} with defaults for everything else. */
    public static Preset preset(Strategy strategy) {
        return preset(strategy, Budget.DEFAULT, Preset.History.DEFAULT);
    }

    public static Preset preset(Strategy strategy, Budget budget, Preset.History history) {
        return preset(List.of("main"), strategy, budget, history, null);
    }

    /**
     * A preset with aliases, several strategies, and a pro mode.
     *
     * @param strategies the default first
     */
    public static Preset preset(
            String name, Set<String> aliases, List<Strategy> strategies, Budget budget, Preset.@Nullable Pro pro) {
        Map<String, Strategy> byName = new LinkedHashMap<>();
        strategies.forEach(strategy -> byName.put(strategy.name(), strategy));
        return new Preset(
                name,
                aliases,
                List.of("main"),
                "m",
                strategies.get(0),
                byName,
                budget,
                Preset.History.DEFAULT,
                Preset.ShownSteps.CONCLUSIONS,
                StepHeading.DEFAULT,
                null,
                null,
                null,
                pro);
    }

    public static Preset preset(
            List<String> upstreams,
            Strategy strategy,
            Budget budget,
            Preset.History history,
            @Nullable ReasoningFormat format) {
        return new Preset(
                "o1",
                Set.of(),
                upstreams,
                "m",
                strategy,
                Map.of(strategy.name(), strategy),
                budget,
                history,
                Preset.ShownSteps.CONCLUSIONS,
                StepHeading.DEFAULT,
                format,
                null,
                null,
                null);
    }
}
