package org.o1api.conversation;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import org.o1api.database.Database;

/**
 * Deletes conversations in two steps, because one statement for a large conversation could exceed its timeout. First
 * the conversation is marked as deleted: its caller becomes the empty name, which no key has, so that it is no longer
 * found. Then its turns are deleted in batches of limited size. After a crash or a failure any node finds the remaining
 * turns by the empty caller name. Several nodes may delete the same conversation at the same time.
 */
final class ConversationDeleter {
    /** Start of the statement that marks conversations as deleted; the caller appends a condition. */
    static final String MARK_AS_DELETED =
            "UPDATE conversation SET caller = '', id = CAST(pk AS VARCHAR(128)), used_at = CURRENT_TIMESTAMP ";

    /** Maximum number of turns that one statement deletes. */
    static final int BATCH_SIZE = 500;

    /** Maximum number of turns in a batch whose record is long and therefore stored outside of the row. */
    static final int MAX_LONG_RECORDS_PER_BATCH = 4;

    private static final int PAGE_SIZE = 100;

    private final Database database;

    ConversationDeleter(Database database) {
        this.database = database;
    }

    /**
     * Deletes marked conversations until no more are left or the time is over.
     *
     * @param stop ends it earlier
     */
    void deleteMarked(Duration time, BooleanSupplier stop) {
        long startNanos = System.nanoTime();
        BooleanSupplier isOver = () -> stop.getAsBoolean() || System.nanoTime() - startNanos > time.toNanos();
        List<Long> found;
        long last = -1;
        do {
            long after = last;
            found = database.withHandle(handle -> handle.select(
                            "SELECT pk FROM conversation WHERE caller = '' AND pk > ? ORDER BY pk LIMIT " + PAGE_SIZE,
                            after)
                    .mapTo(Long.class)
                    .list());
            for (long conversation : found) {
                delete(conversation, isOver);
                last = conversation;
            }
        } while (found.size() == PAGE_SIZE && !isOver.getAsBoolean());
    }

    /** Deletes a marked conversation, or as many of its turns as possible until {@code stop} is true. */
    void delete(long conversation, BooleanSupplier stop) {
        OptionalInt last = OptionalInt.of(-1);
        while (last.isPresent()) {
            if (stop.getAsBoolean()) {
                return;
            }
            last = deleteBatch(conversation, last.getAsInt());
        }
        // Only without turns: the foreign key's ON DELETE CASCADE would delete all of them in one statement.
        database.withHandle(handle -> handle.execute(
                "DELETE FROM conversation WHERE pk = ? AND caller = ''"
                        + " AND NOT EXISTS (SELECT 1 FROM turn WHERE conversation = ?)",
                conversation,
                conversation));
    }

    private record Position(int position, boolean isLong) {}

    /**
     * Deletes the next batch of turns after a position.
     *
     * @return the last deleted position; empty if no turns are left
     */
    private OptionalInt deleteBatch(long conversation, int after) {
        return database.withHandle(handle -> {
            List<Position> candidates = handle.select(
                            "SELECT position, (record IS NULL AND event_record IS NULL AND format <> "
                                    + TurnTable.DELETED
                                    + ") OR EXISTS (SELECT 1 FROM turn_echo e WHERE e.conversation = turn.conversation"
                                    + " AND e.position = turn.position AND e.long_echo IS NOT NULL)"
                                    + " AS is_long FROM turn WHERE conversation = ? AND position > ?"
                                    + " ORDER BY position LIMIT " + BATCH_SIZE,
                            conversation,
                            after)
                    .map((row, context) -> new Position(row.getInt("position"), row.getBoolean("is_long")))
                    .list();
            int size = size(candidates);
            if (size == 0) {
                return OptionalInt.empty();
            }
            int last = candidates.get(size - 1).position;
            handle.execute(
                    "DELETE FROM turn WHERE conversation = ? AND position > ? AND position <= ?",
                    conversation,
                    after,
                    last);
            return size < candidates.size() || size == BATCH_SIZE ? OptionalInt.of(last) : OptionalInt.empty();
        });
    }

    private static int size(List<Position> candidates) {
        int longRecords = 0;
        for (int i = 0; i < candidates.size(); i++) {
            longRecords += candidates.get(i).isLong ? 1 : 0;
            if (longRecords == MAX_LONG_RECORDS_PER_BATCH) {
                return i + 1;
            }
        }
        return candidates.size();
    }
}
