package org.o1api.conversation;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.ConversationStore.PositionedTurn;
import org.o1api.conversation.TurnTable.Located;
import org.o1api.conversation.TurnTable.Row;
import org.o1api.database.Database;
import org.o1api.model.TurnId;
import org.o1api.model.TurnParent;

/**
 * Stored turns by their own IDs, as responses ({@link TurnId#response}). A caller finds only their own; an ID of any other text is one
 * that does not exist. All methods throw a {@link org.o1api.database.DatabaseUnavailableException} if the database is unavailable.
 */
public final class ResponseStore {
    private final Database database;
    private final StorageQuota quota;

    ResponseStore(Database database, StorageQuota quota) {
        this.database = database;
        this.quota = quota;
    }

    /** A response with its echo; empty if the caller has none with this ID, or only messages that no model has answered. */
    public Optional<StoredResponse> find(String caller, String response) {
        return database.withHandle(handle -> locate(handle, caller, response)
                .flatMap(located -> read(handle, located.row())
                        .filter(turn -> turn.answer() != null)
                        .map(turn -> new StoredResponse(
                                turn,
                                ConversationId.isUnnamed(located.conversation()) ? null : located.conversation(),
                                located.row().parent()))));
    }

    /** Empty if the turn was deleted in the meantime. */
    private static Optional<StoredTurn> read(Handle handle, Row row) {
        return TurnTable.readLinked(handle, row)
                .map(turn -> TurnEchoes.read(handle, turn).turn());
    }

    /**
     * Reads turns of a caller with their echoes, one at a time, with few statements. Turns that the caller does not have are left out.
     *
     * @param ids of the turns, in the form of {@link TurnId#ofHex}
     * @param consumer receives the turns in no particular order; an exception ends the reading
     */
    public void readTurns(String caller, List<String> ids, Consumer<PositionedTurn> consumer) {
        for (int i = 0; i < ids.size(); i += TurnTable.BATCH_SIZE) {
            List<String> batch = ids.subList(i, Math.min(i + TurnTable.BATCH_SIZE, ids.size()));
            database.withHandle(handle -> {
                Collection<Row> rows = findAll(handle, caller, batch);
                UnaryOperator<PositionedTurn> echoes = TurnEchoes.readShort(handle, rows);
                rows.forEach(
                        row -> TurnTable.readIfExists(handle, row).map(echoes).ifPresent(consumer));
                return true;
            });
        }
    }

    /** The turns that the caller has, with their records. */
    private static Collection<Row> findAll(Handle handle, String caller, List<String> ids) {
        Map<String, Row> found = new LinkedHashMap<>();
        handle.createQuery(
                        "SELECT " + TurnTable.ROW + " FROM turn t JOIN (SELECT pk FROM conversation WHERE caller <> ''"
                                + " AND caller = :caller) c ON c.pk = t.conversation WHERE id IN (<ids>) AND format <> "
                                + TurnTable.DELETED + " ORDER BY conversation, position")
                .bind("caller", caller)
                .bindList(
                        "ids",
                        ids.stream()
                                .flatMap(id -> Stream.of(TurnTable.neutral(id), TurnId.chatCompletion(id)))
                                .toList())
                .map((row, context) -> TurnTable.row(row))
                .forEach(row -> found.put(TurnId.hex(row.id()), row)); // the newest one of an ID
        return found.values();
    }

    private static Optional<Located> locate(Handle handle, String caller, String response) {
        return TurnId.ofResponse(response).flatMap(id -> TurnTable.find(handle, caller, id));
    }

    /**
     * What a turn continues that continues a response, also one of a named conversation.
     *
     * @param response ID of the response to continue
     * @throws ConversationException with {@code response_not_found} if the caller has no such response. With an idempotency key, and for
     *     a response before it, this is known only when the turn reads its history: a repeated request may have been answered before
     *     the response was deleted
     */
    public ConversationRef continuing(
            String caller, String response, ConversationRef.@Nullable IdempotencyKey idempotencyKey) {
        String id = TurnId.ofResponse(response).orElseThrow(ConversationException::previousResponseNotFound);
        Optional<Located> found = database.withHandle(handle -> idempotencyKey == null
                ? TurnTable.find(handle, caller, id)
                : TurnTable.findAlsoDeleted(handle, caller, id));
        if (found.isPresent()) {
            return continuing(caller, found.get(), idempotencyKey);
        }
        if (idempotencyKey == null) {
            throw ConversationException.previousResponseNotFound();
        }
        return ConversationRef.unnamed(
                caller,
                new TurnParent.Turn(id),
                idempotencyKey); // as if its conversation, which is gone, was a named one
    }

    private static ConversationRef continuing(
            String caller, Located parent, ConversationRef.@Nullable IdempotencyKey idempotencyKey) {
        TurnParent id = new TurnParent.Turn(parent.row().id());
        return ConversationId.isUnnamed(parent.conversation())
                ? new ConversationRef(caller, parent.conversation(), id, idempotencyKey)
                : ConversationRef.unnamed(caller, id, idempotencyKey);
    }

    /**
     * Deletes a response and its messages: its record is gone when this returns. Responses that continue it remain, but can no longer
     * be continued. A named conversation continues without it.
     *
     * @return whether it existed
     */
    public boolean delete(String caller, String response) {
        long bytes = database.inTransaction(handle -> {
            Optional<Row> found = locate(handle, caller, response).map(Located::row);
            return found.isPresent() && lock(handle, caller, found.get()) ? delete(handle, found.get()) : -1;
        });
        if (bytes >= 0) {
            quota.add(caller, -bytes);
        }
        return bytes >= 0;
    }

    /** Excludes turns that are being stored in the conversation, until the commit. */
    private static boolean lock(Handle handle, String caller, Row turn) {
        return handle.execute(
                        "UPDATE conversation SET forked = TRUE WHERE pk = ? AND caller = ?",
                        turn.conversation(),
                        caller)
                > 0;
    }

    /** Returns the storage that is free now; -1: the turn was deleted already. */
    private static long delete(Handle handle, Row turn) {
        Optional<Long> bytes = handle.select(
                        "SELECT CAST(COALESCE(OCTET_LENGTH(record), OCTET_LENGTH(long_record), OCTET_LENGTH(event_record),"
                                + " OCTET_LENGTH(event_long_record)) + " + TurnEchoes.BYTES + " AS BIGINT) FROM turn"
                                + " WHERE conversation = ? AND position = ? AND format <> " + TurnTable.DELETED,
                        turn.conversation(),
                        turn.position())
                .mapTo(Long.class)
                .findOne();
        if (bytes.isEmpty()) {
            return -1;
        }
        handle.execute(
                "UPDATE turn SET format = " + TurnTable.DELETED
                        + ", parent = ?, idempotency_key = NULL, fingerprint = NULL, instructs = FALSE,"
                        + " record = NULL, long_record = NULL, event_record = NULL, event_long_record = NULL"
                        + " WHERE conversation = ? AND position = ?",
                turn.isOfEarlierVersion() ? TurnTable.idBefore(handle, turn) : turn.parent(),
                turn.conversation(),
                turn.position());
        TurnEchoes.delete(handle, turn.conversation(), turn.position());
        handle.execute("UPDATE conversation SET bytes = bytes - ? WHERE pk = ?", bytes.get(), turn.conversation());
        handle.execute(
                ConversationDeleter.MARK_AS_DELETED
                        + "WHERE pk = ? AND unnamed AND NOT EXISTS (SELECT 1 FROM turn WHERE conversation = ? AND format <> "
                        + TurnTable.DELETED + ")",
                turn.conversation(),
                turn.conversation());
        return bytes.get();
    }
}
