package org.o1api.reasoning.vote;

import java.util.Set;
import java.util.function.Function;
import org.o1api.reasoning.Strategy;
import org.o1api.reasoning.StrategyType;
import org.o1api.reasoning.sampling.SamplePrompts;
import org.o1api.reasoning.sampling.VoteSettings;
import org.o1api.reasoning.single.SingleStrategyType;
import org.o1api.settings.Section;
import org.o1api.upstream.demo.DemoScript;

/**
 * The strategy {@code vote}: the model answers several times at once, and the answer whose result most samples agree on is the answer
 * (self-consistency, arXiv 2203.11171). How many samples it takes depends on how much they agree (arXiv 2305.11860).
 */
public final class VoteStrategyType implements StrategyType {
    static final String NAME = "vote";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<String> keys() {
        return Set.of(NAME, SingleStrategyType.NAME);
    }

    @Override
    public Function<Section, Strategy> reader(Section root) {
        SamplePrompts prompts = SamplePrompts.readDefaults(root);
        return preset -> new VoteStrategy(
                preset.section(NAME, section -> VoteSettings.read(section, prompts)),
                SingleStrategyType.read(preset, prompts));
    }

    @Override
    public DemoScript demo() {
        return new VoteDemo();
    }
}
