package org.o1api.conversation;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import org.o1api.database.Database;

/**
 * Deletes conversations in two steps, because one statement for a large conversation would not finish within its timeout. First
 * the conversation is handed over to the empty caller name, which no key has: from then on nobody finds it. Then its turns are
 * deleted in batches of bounded size. What is left after a crash or a failure is found under that name by any node; several may
 * delete the same conversation at the same time.
 */
final class Deletion {
    /** The start of the statement that hands conversations over; a condition has to follow. */
    static final String MARK_AS_DELETED =
            "UPDATE conversation SET caller = '', id = CAST(pk AS VARCHAR(128)), used_at = CURRENT_TIMESTAMP ";

    /** Turns that one statement deletes at most. */
    static final int BATCH_SIZE = 500;

    /** Those among them at most whose record is long and therefore not in the row. */
    static final int MAX_LONG_RECORDS_PER_BATCH = 4;

    private static final int CONVERSATIONS_AT_ONCE = 100;

    private final Database database;

    Deletion(Database database) {
        this.database = database;
    }

    /**
     * Deletes what was handed over, until nothing is left or the time is over.
     *
     * @param stop ends it earlier
     */
    void deleteMarked(Duration time, BooleanSupplier stop) {
        long startNanos = System.nanoTime();
        BooleanSupplier over = () -> stop.getAsBoolean() || System.nanoTime() - startNanos > time.toNanos();
        List<Long> found;
        long last = -1;
        do {
            long after = last;
            found = database.withHandle(handle -> handle.select(
                            "SELECT pk FROM conversation WHERE caller = '' AND pk > ? ORDER BY pk LIMIT "
                                    + CONVERSATIONS_AT_ONCE,
                            after)
                    .mapTo(Long.class)
                    .list());
            for (long conversation : found) {
                delete(conversation, over);
                last = conversation;
            }
        } while (found.size() == CONVERSATIONS_AT_ONCE && !over.getAsBoolean());
    }

    /** Deletes one conversation that was handed over: all of it, or as much as can be deleted until it is to stop. */
    void delete(long conversation, BooleanSupplier stop) {
        OptionalInt last = OptionalInt.of(-1);
        while (last.isPresent()) {
            if (stop.getAsBoolean()) {
                return;
            }
            last = deleteBatch(conversation, last.getAsInt());
        }
        database.withHandle(handle -> handle.execute(
                "DELETE FROM conversation WHERE pk = ? AND caller = ''"
                        + " AND NOT EXISTS (SELECT 1 FROM turn WHERE conversation = ?)", // or one statement would
                // delete them all
                conversation,
                conversation));
    }

    private record Position(int position, boolean isLong) {}

    /** Deletes the turns that follow a position, as many as one statement may; returns the last position, or nothing at the end. */
    private OptionalInt deleteBatch(long conversation, int after) {
        return database.withHandle(handle -> {
            List<Position> next = handle.select(
                            "SELECT position, record IS NULL AS is_long FROM turn WHERE conversation = ? AND position > ?"
                                    + " ORDER BY position LIMIT " + BATCH_SIZE,
                            conversation,
                            after)
                    .map((row, context) -> new Position(row.getInt("position"), row.getBoolean("is_long")))
                    .list();
            int size = size(next);
            if (size == 0) {
                return OptionalInt.empty();
            }
            int last = next.get(size - 1).position;
            handle.execute(
                    "DELETE FROM turn WHERE conversation = ? AND position > ? AND position <= ?",
                    conversation,
                    after,
                    last);
            return size < next.size() || size == BATCH_SIZE ? OptionalInt.of(last) : OptionalInt.empty();
        });
    }

    private static int size(List<Position> next) {
        int longOnes = 0;
        for (int i = 0; i < next.size(); i++) {
            longOnes += next.get(i).isLong ? 1 : 0;
            if (longOnes == MAX_LONG_RECORDS_PER_BATCH) {
                return i + 1;
            }
        }
        return next.size();
    }
}
