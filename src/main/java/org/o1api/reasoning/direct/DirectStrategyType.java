package org.o1api.reasoning.direct;

import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.o1api.reasoning.Strategy;
import org.o1api.reasoning.StrategyType;
import org.o1api.settings.Section;
import org.o1api.upstream.demo.DemoScript;

/**
 * The strategy {@code direct}: one call with the caller's request, for models that reason by themselves. Their reasoning is shown as a
 * step.
 */
public final class DirectStrategyType implements StrategyType {
    static final String NAME = "direct";

    /** The strategy; it has no settings. */
    public static Strategy strategy() {
        return new DirectStrategy(null);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<String> keys() {
        return Set.of();
    }

    @Override
    public Function<Section, Strategy> reader(Section root) {
        return preset -> strategy();
    }

    /** The demo model's answer without reasoning is what it replies to a request that no other strategy recognizes. */
    @Override
    public DemoScript demo() {
        return request -> Optional.empty();
    }
}
