package org.o1api.reasoning.auto;

import java.util.Set;
import java.util.function.Function;
import org.o1api.reasoning.Strategy;
import org.o1api.reasoning.StrategyType;
import org.o1api.reasoning.direct.DirectStrategyType;
import org.o1api.reasoning.sampling.SamplePrompts;
import org.o1api.reasoning.sampling.VoteSettings;
import org.o1api.reasoning.single.SingleStrategyType;
import org.o1api.settings.Section;
import org.o1api.upstream.demo.DemoScript;

/**
 * The strategy {@code auto}: two samples at once, the first one streamed. If they agree, the first one is the answer; otherwise they are
 * the first two samples of a vote. Most questions then take little more than one call, and only those on which the model disagrees
 * with itself take more (arXiv 2509.21837, 2601.02970, 2605.06908).
 */
public final class AutoStrategyType implements StrategyType {
    static final String NAME = "auto";
    private static final String VOTE = "vote";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<String> keys() {
        return Set.of(NAME, VOTE, SingleStrategyType.NAME);
    }

    @Override
    public Function<Section, Strategy> reader(Section root) {
        SamplePrompts prompts = SamplePrompts.readDefaults(root);
        return preset -> new AutoStrategy(
                preset.section(NAME, AutoSettings::read),
                preset.section(VOTE, section -> VoteSettings.read(section, prompts)),
                SingleStrategyType.read(preset, prompts),
                DirectStrategyType.strategy(),
                null);
    }

    @Override
    public DemoScript demo() {
        return new AutoDemo();
    }
}
