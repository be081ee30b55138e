package org.o1api.conversation;

import java.time.Duration;
import java.util.List;

/** Deletes conversations for good that are too old, or more than their caller may have. What a turn runs in stays. */
final class Purge {
    private static final int AT_ONCE = 500;

    private final Database database;

    Purge(Database database) {
        this.database = database;
    }

    /** Deletes what has not been used for so long; gives how many conversations. */
    int unused(Duration timeToLive) {
        return delete(
                "SELECT c.pk FROM conversation c WHERE c.used_at < CURRENT_TIMESTAMP - CAST(? AS INTEGER) * INTERVAL '1' SECOND",
                (int) Math.min(timeToLive.toSeconds(), Integer.MAX_VALUE));
    }

    /** Deletes the longest unused conversations of callers that have more than they may; gives how many. */
    int beyond(int perCaller) {
        int purged = 0;
        List<String> callers = database.call(handle -> handle.select(
                        "SELECT caller FROM conversation GROUP BY caller HAVING COUNT(*) > ?", perCaller)
                .mapTo(String.class)
                .list());
        for (String caller : callers) {
            purged += delete(
                    "SELECT c.pk FROM conversation c WHERE c.caller = ? AND c.pk NOT IN (SELECT pk FROM conversation"
                            + " WHERE caller = ? ORDER BY used_at DESC, pk DESC LIMIT " + perCaller + ")",
                    caller,
                    caller);
        }
        return purged;
    }

    /** In portions, so that no lock is held for long. */
    private int delete(String which, Object... arguments) {
        String statement = "DELETE FROM conversation WHERE pk IN (" + which
                + " AND NOT EXISTS (SELECT 1 FROM lease l WHERE l.caller = c.caller AND l.id = c.id) LIMIT "
                + AT_ONCE + ")";
        int all = 0;
        int deleted;
        do {
            deleted = database.call(handle -> handle.execute(statement, arguments));
            all += deleted;
        } while (deleted == AT_ONCE);
        return all;
    }
}
