package org.o1api.conversation;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.o1api.database.DatabaseUnavailableException;
import org.o1api.model.RawJson;

/**
 * Large turns are stored one after the other, so that memory holds the copies of only one of them: its JSON, and what the driver makes of
 * it. They wait for a limited time, since the database may not respond.
 */
final class LargeTurns {
    static final Duration MAX_WAIT = Duration.ofSeconds(10);

    /** The number of characters from which a turn takes much memory while it is stored. */
    private static final int LARGE = 1 << 20;

    private final Duration maxWait;
    private final ReentrantLock storing = new ReentrantLock(true);

    LargeTurns(Duration maxWait) {
        this.maxWait = maxWait;
    }

    /**
     * Runs what stores a turn.
     *
     * @param turn null: none, which is not large
     * @throws DatabaseUnavailableException if the turn is large, and other large turns take too long
     */
    <T> T store(@Nullable StoredTurn turn, Supplier<T> action) {
        if (turn == null || length(turn) < LARGE) {
            return action.get();
        }
        if (!acquire()) {
            throw new DatabaseUnavailableException(null);
        }
        try {
            return action.get();
        } finally {
            storing.unlock();
        }
    }

    private static long length(StoredTurn turn) {
        RawJson echo = turn.echo();
        return (long) TurnJson.length(turn) + (echo == null ? 0 : echo.text().length());
    }

    /** An interrupted thread does not wait. */
    private boolean acquire() {
        try {
            return storing.tryLock() || storing.tryLock(maxWait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
