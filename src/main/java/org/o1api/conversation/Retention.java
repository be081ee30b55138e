package org.o1api.conversation;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.o1api.database.Database;

/**
 * Deletes conversations that are too old or more than their caller may have, and the rest of those that were deleted before. A
 * conversation in which a turn runs stays. Any number of nodes may do this at the same time.
 */
final class Retention {
    private static final System.Logger LOG = System.getLogger(Retention.class.getName());

    /** Conversations that one statement hands over at most. */
    private static final int AT_ONCE = 500;

    /** Less than the time between two runs. */
    private static final Duration TIME = Duration.ofSeconds(30);

    private final Database database;
    private final Deletion deletion;

    Retention(Database database, Deletion deletion) {
        this.database = database;
        this.deletion = deletion;
    }

    /** Does all of it. */
    void run(ConversationSettings settings, BooleanSupplier stop) {
        int purged = deleteExpired(settings.timeToLive()) + deleteOverLimit(settings.maxPerCaller());
        if (purged > 0) {
            LOG.log(
                    Level.INFO,
                    "deleted {0} conversations: not used within conversations.time_to_live, or more than"
                            + " conversations.per_caller allows",
                    purged);
        }
        deletion.deleteMarked(TIME, stop);
    }

    /** Hands over what has not been used for this long; returns how many conversations. */
    int deleteExpired(Duration timeToLive) {
        String isOld = "used_at < CURRENT_TIMESTAMP - CAST(? AS INTEGER) * INTERVAL '1' SECOND";
        int seconds = (int) Math.min(timeToLive.toSeconds(), Integer.MAX_VALUE);
        // The condition stands twice: a conversation may be used again between the look and the update.
        return handOver(isOld + " AND pk IN (SELECT c.pk FROM conversation c WHERE c." + isOld, seconds, seconds);
    }

    /** Hands over the longest unused conversations of callers that have more than they may; returns how many. */
    int deleteOverLimit(int perCaller) {
        int purged = 0;
        List<String> callers = database.withHandle(handle -> handle.select(
                        "SELECT caller FROM conversation WHERE caller <> '' GROUP BY caller HAVING COUNT(*) > ?",
                        perCaller)
                .mapTo(String.class)
                .list());
        for (String caller : callers) {
            purged += handOver(
                    "pk IN (SELECT c.pk FROM conversation c WHERE c.caller = ? AND c.pk NOT IN (SELECT pk FROM conversation"
                            + " WHERE caller = ? ORDER BY used_at DESC, pk DESC LIMIT " + perCaller + ")",
                    caller,
                    caller);
        }
        return purged;
    }

    /** In portions, so that no lock is held for long. */
    private int handOver(String which, Object... arguments) {
        String statement = Deletion.MARK_AS_DELETED + "WHERE caller <> '' AND " + which + " AND c.caller <> ''"
                + " AND NOT EXISTS (SELECT 1 FROM lease l WHERE l.caller = c.caller AND l.id = c.id) LIMIT "
                + AT_ONCE + ")";
        int all = 0;
        int some;
        do {
            some = database.withHandle(handle -> handle.execute(statement, arguments));
            all += some;
        } while (some == AT_ONCE);
        return all;
    }
}
