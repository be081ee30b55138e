package org.o1api.reasoning;

import org.o1api.model.Effort;
import org.o1api.model.FinishReason;

/**
 * A reasoning strategy with its settings: decides which calls to make and what to show of them. Blocking code on the turn's
 * thread. Implementations are records, so that {@code system_fingerprint} depends on every setting.
 */
public interface Strategy {
    /** The name of its {@link StrategyType}. */
    String name();

    /**
     * Reasons and answers.
     *
     * @return why the answer ended
     */
    FinishReason run(TurnContext turn);

    /** Whether it generates reasoning of its own, at any effort. */
    default boolean reasons() {
        return true;
    }

    /** Returns the strategy with its settings adapted to how much reasoning the caller asks for. */
    Strategy withEffort(Effort effort);
}
