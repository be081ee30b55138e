package org.o1api.eval;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.o1api.telemetry.EndedTurn;
import org.o1api.telemetry.TurnObserver;

/** What turns have used, also those that failed. Safe for concurrent use. */
public final class EndedTurns implements TurnObserver {
    private final Map<String, EndedTurn> byId = new ConcurrentHashMap<>();

    @Override
    public void turnEnded(EndedTurn turn) {
        byId.put(turn.info().id(), turn);
    }

    /** Returns and forgets a turn that has ended. */
    EndedTurn take(String id) {
        return Objects.requireNonNull(byId.remove(id));
    }
}
