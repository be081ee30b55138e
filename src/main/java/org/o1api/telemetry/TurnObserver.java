package org.o1api.telemetry;

import java.util.function.Consumer;
import java.util.function.Supplier;
import org.o1api.model.FailureLog;

/** Observes turns. Called on a turn's thread after the turn has released what it held; must be quick. */
public interface TurnObserver {
    /** A turn has ended: its answer is complete and stored, or it has failed. */
    void turnEnded(EndedTurn turn);

    /** Returns a sink that passes turns on and logs what fails on the way, even an {@code Error}, so that it cannot affect a turn. */
    default Consumer<Supplier<EndedTurn>> guarded() {
        FailureLog failures = new FailureLog(System.getLogger(getClass().getName()));
        return turn -> {
            try {
                turnEnded(turn.get());
            } catch (Throwable e) {
                failures.error("turnEnded", "a turn could not be observed", e);
            }
        };
    }
}
