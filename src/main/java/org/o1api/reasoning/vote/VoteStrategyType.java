package org.o1api.reasoning.vote;

import java.util.Set;
import java.util.function.Function;
import org.o1api.reasoning.Strategy;
import org.o1api.reasoning.StrategyType;
import org.o1api.settings.Section;
import org.o1api.settings.ValueType;
import org.o1api.upstream.demo.DemoScript;

/**
 * The strategy {@code vote}: the model answers several times at once, and the answer whose result most samples agree on is the
 * answer (self-consistency, arXiv 2203.11171).
 */
public final class VoteStrategyType implements StrategyType {
    static final String VOTE = "vote";
    private static final long DEFAULT_MAX = 5;

    @Override
    public String name() {
        return VOTE;
    }

    @Override
    public Set<String> keys() {
        return Set.of(VOTE);
    }

    @Override
    public Function<Section, Strategy> reader(Section root) {
        return preset -> preset.section(VOTE, VoteStrategyType::read);
    }

    private static Strategy read(Section section) {
        return new VoteStrategy(
                section.get("max", ValueType.integer(1, VoteStrategy.LIMIT), DEFAULT_MAX)
                        .intValue(),
                section.section("notes", VoteNotes::read));
    }

    @Override
    public DemoScript demo() {
        return new VoteDemo();
    }
}
