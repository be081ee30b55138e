package org.o1api.conversation;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.ConversationStore.PositionedTurn;

/**
 * The table {@code turn}. Long records are stored in a separate column and read one at a time, so that memory holds
 * only one of them.
 */
final class TurnTable {
    private static final String SELECT_ROW = "SELECT conversation, position, id, fingerprint, record FROM turn ";
    private static final int PAGE_SIZE = 32;

    /** Maximum length in characters of a record in the column {@code record}; longer ones are in {@code long_record}. */
    private static final int MAX_INLINE_LENGTH = 100_000;

    private TurnTable() {}

    static void insert(
            Handle handle,
            long conversation,
            int position,
            SerializedTurn newTurn,
            ConversationRef.@Nullable IdempotencyKey idempotencyKey) {
        boolean inRow = newTurn.record().length() <= MAX_INLINE_LENGTH;
        handle.execute(
                "INSERT INTO turn (conversation, position, id, idempotency_key, fingerprint, instructs, record, long_record)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                conversation,
                position,
                newTurn.turn().id(),
                idempotencyKey == null ? null : idempotencyKey.value(),
                idempotencyKey == null ? null : idempotencyKey.requestDigest(),
                !newTurn.turn().instructions().isEmpty(),
                inRow ? newTurn.record() : null,
                inRow ? null : newTurn.record());
    }

    /**
     * Reads turns in ascending or descending order.
     *
     * @param from the position of the first turn; null: the first turn in that order
     */
    static List<PositionedTurn> turns(
            Handle handle, long conversation, @Nullable Integer from, boolean ascending, int limit) {
        List<PositionedTurn> turns = new ArrayList<>();
        readUntil(handle, conversation, "", from, ascending, turn -> {
            turns.add(turn);
            return turns.size() == limit;
        });
        return turns;
    }

    /**
     * Reads turns one at a time.
     *
     * @param condition an additional SQL condition, or empty
     * @param from the position of the first turn; null: the first turn in that order
     * @param isEnough receives each turn; true ends the reading
     * @return whether {@code isEnough} ended the reading
     */
    static boolean readUntil(
            Handle handle,
            long conversation,
            String condition,
            @Nullable Integer from,
            boolean ascending,
            Predicate<PositionedTurn> isEnough) {
        Integer next = from;
        List<Row> page;
        do {
            page = handle.select(
                            SELECT_ROW + "WHERE conversation = ?" + condition
                                    + (next == null ? "" : ascending ? " AND position >= ?" : " AND position <= ?")
                                    + " ORDER BY position " + (ascending ? "ASC" : "DESC") + " LIMIT " + PAGE_SIZE,
                            next == null ? new Object[] {conversation} : new Object[] {conversation, next})
                    .map((row, context) -> row(row))
                    .list();
            for (Row row : page) {
                if (isEnough.test(positionedTurn(handle, row))) {
                    return true;
                }
                next = row.position + (ascending ? 1 : -1);
            }
        } while (page.size() == PAGE_SIZE);
        return false;
    }

    /** A row without a long record. */
    private record Row(
            long conversation,
            int position,
            String id,
            @Nullable String fingerprint,
            @Nullable String record) {}

    private static Row row(ResultSet row) throws SQLException {
        return new Row(
                row.getLong("conversation"),
                row.getInt("position"),
                row.getString("id"),
                row.getString("fingerprint"),
                row.getString("record"));
    }

    private static PositionedTurn positionedTurn(Handle handle, Row row) {
        String record = row.record != null
                ? row.record
                : handle.select(
                                "SELECT long_record FROM turn WHERE conversation = ? AND position = ?",
                                row.conversation,
                                row.position)
                        .mapTo(String.class)
                        .findOne()
                        .orElseThrow(ConversationException::changed); // deleted in the meantime
        return new PositionedTurn(row.position, TurnJson.read(row.id, record), record.length());
    }

    /** A stored turn with the digest of its request. */
    record AnsweredTurn(String requestDigest, StoredTurn turn) {}

    /** The stored turn of a request with an idempotency key; empty if there is none. */
    static Optional<AnsweredTurn> findByIdempotencyKey(Handle handle, ConversationRef ref, String key) {
        return handle.select(
                        SELECT_ROW + "WHERE conversation = (SELECT pk FROM conversation WHERE caller = ? AND id = ?)"
                                + " AND idempotency_key = ?",
                        ref.caller(),
                        ref.id(),
                        key)
                .map((row, context) -> row(row))
                .findOne()
                .map(row -> new AnsweredTurn(
                        String.valueOf(row.fingerprint),
                        positionedTurn(handle, row).turn()));
    }
}
