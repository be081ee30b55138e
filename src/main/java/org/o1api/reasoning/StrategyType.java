package org.o1api.reasoning;

import java.util.Set;
import java.util.function.Function;
import org.o1api.settings.Section;
import org.o1api.upstream.demo.DemoScript;

/**
 * A kind of reasoning strategy: its name, its settings and its part of the demo model. The composition root lists all of them;
 * the first one is the default.
 */
public interface StrategyType {
    /** The value of {@code presets.*.strategy}. */
    String name();

    /** The keys of a preset that only this strategy reads. In a preset with another strategy they are a problem. */
    Set<String> keys();

    /**
     * Reads what all presets with this strategy have in common.
     *
     * @param root the whole file
     * @return reads the strategy of one preset from the preset's section
     */
    Function<Section, Strategy> reader(Section root);

    /** What the demo model replies to the calls of this strategy. */
    DemoScript demo();
}
