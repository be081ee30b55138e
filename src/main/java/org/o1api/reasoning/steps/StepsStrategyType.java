package org.o1api.reasoning.steps;

import java.util.Set;
import java.util.function.Function;
import org.o1api.reasoning.Strategy;
import org.o1api.reasoning.StrategyType;
import org.o1api.settings.Section;
import org.o1api.upstream.demo.DemoScript;

/**
 * The strategy {@code steps}: the model reasons in steps, one call each, and a closing call generates the answer. With a maximum of
 * 0 steps it answers directly.
 */
public final class StepsStrategyType implements StrategyType {
    static final String NAME = "steps";
    private static final String PROMPTS = "prompts";
    private static final String NOTES = "notes";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<String> keys() {
        return Set.of(NAME, PROMPTS);
    }

    @Override
    public Function<Section, Strategy> reader(Section root) {
        StepPrompts prompts = root.section(PROMPTS, section -> StepPrompts.read(section, StepPrompts.DEFAULT));
        Notes notes = root.section(NOTES, section -> Notes.read(section, Notes.DEFAULT));
        return preset -> new StepsStrategy(
                preset.section(NAME, Steps::read),
                preset.section(PROMPTS, section -> StepPrompts.read(section, prompts)),
                preset.section(NOTES, section -> Notes.read(section, notes)));
    }

    @Override
    public DemoScript demo() {
        return new StepsDemo();
    }
}
