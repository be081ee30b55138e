package org.o1api.reasoning.single;

import java.util.Set;
import java.util.function.Function;
import org.o1api.reasoning.Strategy;
import org.o1api.reasoning.StrategyType;
import org.o1api.reasoning.sampling.SamplePrompts;
import org.o1api.settings.Section;
import org.o1api.upstream.demo.DemoScript;

/** The strategy {@code single}: the model reasons in steps and answers, in one reply that is streamed. */
public final class SingleStrategyType implements StrategyType {
    /** The name, and the key of the settings in a preset. */
    public static final String NAME = "single";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<String> keys() {
        return Set.of(NAME);
    }

    @Override
    public Function<Section, Strategy> reader(Section root) {
        SamplePrompts prompts = SamplePrompts.readDefaults(root);
        return preset -> read(preset, prompts);
    }

    /** Reads the strategy from the section of a preset. */
    public static Strategy read(Section preset, SamplePrompts defaultPrompts) {
        return preset.section(
                NAME,
                section -> new SingleStrategy(
                        section.section("prompts", prompts -> SamplePrompts.read(prompts, defaultPrompts)),
                        section.section("notes", SingleNotes::read)));
    }

    @Override
    public DemoScript demo() {
        return new SingleDemo();
    }
}
