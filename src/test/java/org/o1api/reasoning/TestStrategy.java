package org.o1api.reasoning;

import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.o1api.model.Effort;
import org.o1api.model.FinishReason;
import org.o1api.settings.Section;
import org.o1api.upstream.demo.DemoScript;

/** A strategy without settings that runs a function. */
public record TestStrategy(Function<TurnContext, FinishReason> turn) implements Strategy {
    /** A strategy that answers with nothing. */
    public static final TestStrategy EMPTY = new TestStrategy(turn -> FinishReason.STOP);

    @Override
    public String name() {
        return "test";
    }

    @Override
    public FinishReason run(TurnContext context) {
        return turn.apply(context);
    }

    @Override
    public Strategy withEffort(Effort effort) {
        return this;
    }

    /** The type of this strategy, named {@code test}. */
    public StrategyType type() {
        return new StrategyType() {
            @Override
            public String name() {
                return "test";
            }

            @Override
            public Set<String> keys() {
                return Set.of();
            }

            @Override
            public Function<Section, Strategy> reader(Section root) {
                return preset -> TestStrategy.this;
            }

            @Override
            public DemoScript demo() {
                return request -> Optional.empty();
            }
        };
    }
}
