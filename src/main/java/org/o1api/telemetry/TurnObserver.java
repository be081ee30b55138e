package org.o1api.telemetry;

import org.o1api.model.FailureLog;

/** Observes turns. Called on a turn's thread after the turn has released what it held; must be quick. */
public interface TurnObserver {
    /** A turn has ended: its answer is complete and stored, or it has failed. */
    void turnEnded(EndedTurn turn);

    /** Returns an observer that logs what this one throws, even an {@code Error}, so that it cannot affect a turn. */
    default TurnObserver guarded() {
        FailureLog failures = new FailureLog(System.getLogger(getClass().getName()));
        return turn -> {
            try {
                turnEnded(turn);
            } catch (Throwable e) {
                failures.error("turnEnded", "a turn could not be observed", e);
            }
        };
    }
}
