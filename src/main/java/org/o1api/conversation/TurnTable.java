package org.o1api.conversation;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.ResultIterable;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.ConversationStore.PositionedTurn;
import org.o1api.model.TurnId;

/**
 * The table {@code turn}. Long records are stored in a separate column and read one at a time, so that memory holds
 * only one of them.
 */
final class TurnTable {
    /** A turn continues the one before it, and its record has no events. Earlier versions wrote it. */
    static final int FORMAT_OF_EARLIER_VERSIONS = 1;

    /** The turn was deleted: its record is gone, and the row only links the turns around it. */
    static final int DELETED = 0;

    private static final int FORMAT = 2;

    /** The columns without the record. */
    private static final String LINK = "conversation, position, id, format, parent, instructs";

    static final String ROW = LINK + ", fingerprint, record, event_record";

    /** Maximum length in characters of a record in a column of the row; longer ones are in a column beside it. */
    static final int MAX_INLINE_LENGTH = 100_000;

    /** Turns whose records are read together. */
    static final int BATCH_SIZE = 32;

    private TurnTable() {}

    /**
     * Inserts a turn after all others of its conversation, whose row must be locked.
     *
     * @param parent ID of the turn that it continues; null: none
     */
    static void insert(
            Handle handle,
            long conversation,
            @Nullable String parent,
            SerializedTurn newTurn,
            ConversationRef.@Nullable IdempotencyKey idempotencyKey) {
        boolean inRow = newTurn.record().length() <= MAX_INLINE_LENGTH;
        handle.execute(
                "INSERT INTO turn (conversation, position, id, format, parent, idempotency_key, fingerprint, instructs,"
                        + " event_record, event_long_record) VALUES (?, COALESCE((SELECT position FROM turn WHERE conversation = ?"
                        + " ORDER BY position DESC LIMIT 1) + 1, 0), ?, ?, ?, ?, ?, ?, ?, ?)",
                conversation,
                conversation,
                newTurn.turn().id(),
                FORMAT,
                parent,
                idempotencyKey == null ? null : idempotencyKey.value(),
                idempotencyKey == null ? null : idempotencyKey.requestDigest(),
                !newTurn.turn().instructions().isEmpty(),
                inRow ? newTurn.record() : null,
                inRow ? null : newTurn.record());
        if (newTurn.echo() != null) {
            TurnEchoes.insert(handle, conversation, newTurn.echo());
        }
    }

    /**
     * A row without a long record.
     *
     * @param record null if it is long, or was not read
     */
    record Row(
            long conversation,
            int position,
            String id,
            int format,
            @Nullable String parent,
            boolean instructs,
            @Nullable String fingerprint,
            @Nullable String record) {
        private Row link() {
            return new Row(conversation, position, id, format, parent, instructs, null, null);
        }

        boolean hasId(String other) {
            return TurnId.hex(id).equals(TurnId.hex(other));
        }

        boolean isDeleted() {
            return format == DELETED;
        }

        boolean isOfEarlierVersion() {
            return format == FORMAT_OF_EARLIER_VERSIONS;
        }
    }

    /** A row with all columns of {@link #ROW}. */
    static Row row(ResultSet row) throws SQLException {
        int format = row.getInt("format");
        return link(row, row.getString("fingerprint"), row.getString(recordColumn(format)));
    }

    private static Row link(ResultSet row, @Nullable String fingerprint, @Nullable String record) throws SQLException {
        return new Row(
                row.getLong("conversation"),
                row.getInt("position"),
                row.getString("id"),
                row.getInt("format"),
                row.getString("parent"),
                row.getBoolean("instructs"),
                fingerprint,
                record);
    }

    private static String recordColumn(int format) {
        return format == FORMAT_OF_EARLIER_VERSIONS ? "record" : "event_record";
    }

    /** Selects rows of one conversation, or only what links them. */
    static List<Row> select(
            Handle handle, boolean records, String condition, boolean ascending, int limit, Object... arguments) {
        ResultIterable<Row> rows = handle.select(
                        "SELECT " + (records ? ROW : LINK) + " FROM turn WHERE conversation = ?" + condition
                                + " ORDER BY position " + (ascending ? "ASC" : "DESC") + " LIMIT " + limit,
                        arguments)
                .map((row, context) -> records ? row(row) : link(row, null, null));
        return rows.list();
    }

    /** The ID of the turn that was stored before a turn of the same conversation; null: it is the first. */
    static @Nullable String idBefore(Handle handle, Row turn) {
        return select(handle, false, " AND position < ?", false, 1, turn.conversation, turn.position).stream()
                .map(Row::id)
                .findFirst()
                .orElse(null);
    }

    /**
     * The turn of a row, without its echo.
     *
     * @throws ConversationException if it was deleted in the meantime
     */
    static PositionedTurn read(Handle handle, Row row) {
        return readIfExists(handle, row).orElseThrow(ConversationException::changed);
    }

    /** The turn of a row that was read without its record; empty if it was deleted in the meantime. */
    static Optional<PositionedTurn> readLinked(Handle handle, Row link) {
        return findRecords(handle, List.of(link)).values().stream()
                .findFirst()
                .flatMap(row -> readIfExists(handle, row));
    }

    /** The turn of a row; empty if it was deleted in the meantime. */
    static Optional<PositionedTurn> readIfExists(Handle handle, Row row) {
        Optional<String> record = row.record != null
                ? Optional.of(row.record)
                : handle.select(
                                "SELECT " + (row.isOfEarlierVersion() ? "long_record" : "event_long_record")
                                        + " FROM turn WHERE conversation = ? AND position = ?",
                                row.conversation,
                                row.position)
                        .mapTo(String.class)
                        .findOne();
        return record.map(text -> new PositionedTurn(
                row.conversation,
                row.position,
                row.isOfEarlierVersion() ? Format1.read(row.id, text) : TurnJson.read(row.id, text),
                text.length()));
    }

    /**
     * Reads the turns of rows, in batches.
     *
     * @param isEnough receives each turn; true ends the reading
     * @return the number of turns that were read
     */
    static int readEach(Handle handle, List<Row> links, Predicate<PositionedTurn> isEnough) {
        int turns = 0;
        for (int i = 0; i < links.size(); i += BATCH_SIZE) {
            for (Row row : withRecords(handle, links.subList(i, Math.min(i + BATCH_SIZE, links.size())))) {
                turns++;
                if (isEnough.test(read(handle, row))) {
                    return turns;
                }
            }
        }
        return turns;
    }

    /** The same rows with their records, in the same order. */
    private static List<Row> withRecords(Handle handle, List<Row> links) {
        Map<Row, Row> found = findRecords(handle, links);
        return links.stream()
                .map(link -> Optional.ofNullable(found.get(link)).orElseThrow(ConversationException::changed))
                .toList(); // an exception if a turn was deleted in the meantime
    }

    /** The rows with their records, by those without. */
    private static Map<Row, Row> findRecords(Handle handle, List<Row> links) {
        Map<Row, Row> found = new HashMap<>();
        links.stream()
                .collect(Collectors.groupingBy(Row::conversation))
                .forEach((conversation, rows) -> handle.createQuery("SELECT " + ROW
                                + " FROM turn WHERE conversation = :conversation AND position IN (<positions>)")
                        .bind("conversation", conversation)
                        .bindList("positions", rows.stream().map(Row::position).toList())
                        .map((row, context) -> row(row))
                        .forEach(row -> found.put(row.link(), row)));
        return found;
    }

    /** A turn of a conversation, by its ID in any form; empty if the conversation does not have it. */
    static Optional<Row> find(Handle handle, long conversation, String id) {
        return select(
                        handle,
                        false,
                        " AND id IN (?, ?) AND format <> " + DELETED,
                        false,
                        1,
                        conversation,
                        neutral(id),
                        TurnId.chatCompletion(id))
                .stream()
                .findFirst();
    }

    static String neutral(String id) {
        return TurnId.ofHex(TurnId.hex(id));
    }

    private static final String FIND_OF_CALLER =
            "SELECT t.conversation, t.position, t.id, t.format, t.parent, t.instructs, c.id AS name FROM turn t"
                    // all conversations that are being deleted have the empty name
                    + " JOIN conversation c ON c.pk = t.conversation WHERE c.caller <> '' AND c.caller = ";

    /** A turn and the ID of its conversation. */
    record Located(Row row, String conversation) {}

    /** A turn of any conversation of a caller, by its ID in any form; empty if the caller does not have it. */
    static Optional<Located> find(Handle handle, String caller, String id) {
        return find(handle, caller, id, " AND t.format <> " + DELETED);
    }

    /** The same, also a turn that was deleted but whose conversation was not. */
    static Optional<Located> findAlsoDeleted(Handle handle, String caller, String id) {
        return find(handle, caller, id, "");
    }

    private static Optional<Located> find(Handle handle, String caller, String id, String condition) {
        return handle.select(
                        FIND_OF_CALLER + "? AND t.id IN (?, ?)" + condition
                                + " ORDER BY t.conversation DESC, t.position DESC LIMIT 1",
                        caller,
                        neutral(id),
                        TurnId.chatCompletion(id))
                .map((row, context) -> new Located(link(row, null, null), row.getString("name")))
                .findOne();
    }

    /**
     * The parent of a turn, in any conversation of the same caller; empty if it does not exist any more. In the same
     * conversation it is before the turn.
     */
    static Optional<Row> findParent(Handle handle, Row child) {
        return handle.select(
                        FIND_OF_CALLER + "(SELECT caller FROM conversation WHERE pk = ?)"
                                + " AND t.id = ? AND (t.conversation <> ? OR t.position < ?)"
                                + " ORDER BY CASE WHEN t.conversation = ? THEN 0 ELSE 1 END, t.position DESC LIMIT 1",
                        child.conversation,
                        child.parent,
                        child.conversation,
                        child.position,
                        child.conversation)
                .map((row, context) -> link(row, null, null))
                .findOne();
    }

    /** A stored turn with the digest of its request. */
    record AnsweredTurn(String requestDigest, StoredTurn turn) {}

    /** The stored turn of a request with an idempotency key; empty if there is none. */
    static Optional<AnsweredTurn> findByIdempotencyKey(Handle handle, ConversationRef ref, String key) {
        return handle.select(
                        "SELECT " + ROW
                                + " FROM turn WHERE conversation = (SELECT pk FROM conversation WHERE caller = ? AND id = ?)"
                                + " AND idempotency_key = ?",
                        ref.caller(),
                        ref.id(),
                        key)
                .map((row, context) -> row(row))
                .findOne()
                .map(row -> new AnsweredTurn(
                        String.valueOf(row.fingerprint), read(handle, row).turn()));
    }
}
