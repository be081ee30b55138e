package org.o1api.reasoning;

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
