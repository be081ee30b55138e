package org.o1api.conversation;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.o1api.database.Database;

/**
 * Deletes conversations that are expired or exceed the limit per caller, and the remaining turns of conversations that
 * were deleted earlier. It skips conversations with a running turn. Any number of nodes may run it at the same time.
 */
final class Retention {
    private static final System.Logger LOG = System.getLogger(Retention.class.getName());

    /** Maximum number of conversations that one statement marks as deleted. */
    private static final int BATCH_SIZE = 500;

    /** Less than the period between two runs. */
    private static final Duration DELETION_TIME = Duration.ofSeconds(30);

    private final Database database;
    private final ConversationDeleter deleter;

    Retention(Database database, ConversationDeleter deleter) {
        this.database = database;
        this.deleter = deleter;
    }

    void run(ConversationSettings settings, BooleanSupplier stop) {
        int marked = deleteExpired(settings.timeToLive())
                + deleteOverLimit(settings.maxPerCaller())
                + deleteUnnamedOverLimit(settings.maxResponsesPerCaller());
        if (marked > 0) {
            LOG.log(
                    Level.INFO,
                    "deleted {0} conversations: not used within conversations.time_to_live, or more than"
                            + " conversations.per_caller and conversations.responses_per_caller allow",
                    marked);
        }
        deleter.deleteMarked(DELETION_TIME, stop);
    }

    /** Marks conversations as deleted that have not been used for this long. Returns their number. */
    int deleteExpired(Duration timeToLive) {
        String expiredCondition = "used_at < CURRENT_TIMESTAMP - CAST(? AS INTEGER) * INTERVAL '1' SECOND";
        int seconds = (int) Math.min(timeToLive.toSeconds(), Integer.MAX_VALUE);
        // The condition is repeated: a conversation may be used between the SELECT and the UPDATE.
        return markAsDeleted(
                expiredCondition + " AND pk IN (SELECT c.pk FROM conversation c WHERE c." + expiredCondition,
                seconds,
                seconds);
    }

    /** Marks the least recently used named conversations of callers that exceed the limit as deleted. Returns their number. */
    int deleteOverLimit(int perCaller) {
        return deleteOverLimit(false, perCaller);
    }

    /** The same for unnamed conversations. */
    int deleteUnnamedOverLimit(int perCaller) {
        return deleteOverLimit(true, perCaller);
    }

    private int deleteOverLimit(boolean unnamed, int perCaller) {
        int marked = 0;
        List<String> callers = database.withHandle(handle -> handle.select(
                        "SELECT caller FROM conversation WHERE caller <> '' AND unnamed = ? GROUP BY caller HAVING COUNT(*) > ?",
                        unnamed,
                        perCaller)
                .mapTo(String.class)
                .list());
        for (String caller : callers) {
            marked += markAsDeleted(
                    "pk IN (SELECT c.pk FROM conversation c WHERE c.caller = ? AND c.unnamed = ? AND c.pk NOT IN (SELECT pk"
                            + " FROM conversation WHERE caller = ? AND unnamed = ? ORDER BY used_at DESC, pk DESC LIMIT "
                            + perCaller + ")",
                    caller,
                    unnamed,
                    caller,
                    unnamed);
        }
        return marked;
    }

    /** Marks conversations in batches, so that no row lock is held for long. */
    private int markAsDeleted(String condition, Object... arguments) {
        String statement = ConversationDeleter.MARK_AS_DELETED + "WHERE caller <> '' AND " + condition
                + " AND c.caller <> '' AND " + Leases.NOT_LEASED + " LIMIT " + BATCH_SIZE + ")";
        int total = 0;
        int batch;
        do {
            batch = database.withHandle(handle -> handle.execute(statement, arguments));
            total += batch;
        } while (batch == BATCH_SIZE);
        return total;
    }
}
