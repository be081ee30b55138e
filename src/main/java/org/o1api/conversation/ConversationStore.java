package org.o1api.conversation;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.o1api.database.Database;
import org.o1api.database.DatabaseUnavailableException;
import org.o1api.model.ErrorCode;
import org.o1api.model.RawJson;

/**
 * Conversations and their turns in the database. A caller finds only conversations of their own. All methods throw a
 * {@link DatabaseUnavailableException} if the database is unavailable.
 */
public final class ConversationStore {
    private static final String CONVERSATION = "SELECT pk, id, metadata, created_at, forked FROM conversation ";
    /** How long a delete request deletes turns itself; {@link Retention} deletes the rest. */
    private static final long INLINE_DELETION_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Database database;
    private final StorageQuota quota;
    private final ConversationDeleter deleter;

    ConversationStore(Database database, StorageQuota quota, ConversationDeleter deleter) {
        this.database = database;
        this.quota = quota;
        this.deleter = deleter;
    }

    public record Page<T>(List<T> items, boolean hasMore) {}

    /**
     * A turn and its position in its conversation, counted from 0: the order in which turns were stored.
     *
     * @param recordLength characters of the stored JSON
     */
    public record PositionedTurn(int position, StoredTurn turn, int recordLength) {}

    /** A conversation of a caller; empty if it does not exist or belongs to another caller. */
    public Optional<Conversation> find(String caller, String id) {
        return database.withHandle(handle -> find(handle, caller, id));
    }

    private static Optional<Conversation> find(Handle handle, String caller, String id) {
        if (!ConversationId.isValid(id)) { // not every database accepts every character
            return Optional.empty();
        }
        return handle.select(CONVERSATION + "WHERE caller = ? AND id = ?", caller, id)
                .map((row, context) -> conversation(row))
                .findOne();
    }

    private static Conversation conversation(ResultSet row) throws SQLException {
        return new Conversation(
                row.getLong("pk"),
                row.getString("id"),
                new RawJson(row.getString("metadata")),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getBoolean("forked"));
    }

    /**
     * Creates a conversation, with its first messages if there are any.
     *
     * @throws ConversationException if the caller's conversations exceed their storage quota
     */
    public Conversation create(String caller, RawJson metadata, @Nullable StoredTurn first) {
        quota.requireNotExceeded(caller);
        String id = ConversationId.generate();
        SerializedTurn turn = first == null ? null : SerializedTurn.of(first);
        long bytes = bytes(metadata) + (turn == null ? 0 : turn.bytes());
        Conversation created = database.inTransaction(handle -> {
            long key = insert(handle, caller, id, metadata, bytes);
            if (turn != null) {
                TurnTable.insert(handle, key, 0, null, turn, null);
            }
            return find(handle, caller, id).orElseThrow();
        });
        quota.add(caller, bytes);
        return created;
    }

    /** The storage of a conversation without turns. */
    private static long bytes(RawJson metadata) {
        return StorageQuota.BYTES_PER_CONVERSATION + Utf8.length(metadata.text());
    }

    private static long insert(Handle handle, String caller, String id, RawJson metadata, long bytes) {
        return handle.createUpdate("INSERT INTO conversation (caller, id, metadata, created_at, used_at, bytes)"
                        + " VALUES (?, ?, ?, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, ?)")
                .bind(0, caller)
                .bind(1, id)
                .bind(2, metadata.text())
                .bind(3, bytes)
                .executeAndReturnGeneratedKeys("pk")
                .mapTo(Long.class)
                .one();
    }

    /** Replaces a conversation's metadata; empty if there is no such conversation. */
    public Optional<Conversation> update(String caller, String id, RawJson metadata) {
        return database.inTransaction(handle -> {
            handle.execute(
                    "UPDATE conversation SET metadata = ?, bytes = bytes + ? - OCTET_LENGTH(metadata)"
                            + " WHERE caller = ? AND id = ?",
                    metadata.text(),
                    Utf8.length(metadata.text()),
                    caller,
                    id);
            return find(handle, caller, id);
        });
    }

    /**
     * Deletes a conversation; a turn that is running in it can no longer be stored. The conversation is no longer
     * visible when this method returns, but the turns of a large one may be deleted later.
     *
     * @return whether it existed
     */
    public boolean delete(String caller, String id) {
        Deleted deleted = database.inTransaction(handle -> {
            // The lease first, in the same order as in store(): another order could deadlock. While its first turn is
            // running, a conversation has only a lease.
            boolean leased = handle.execute(
                            "DELETE FROM lease WHERE caller = ? AND id = ? AND expires_at >= CURRENT_TIMESTAMP",
                            caller,
                            id)
                    > 0;
            Optional<Conversation> found = find(handle, caller, id);
            boolean marked = found.isPresent()
                    && handle.execute(
                                    ConversationDeleter.MARK_AS_DELETED + "WHERE pk = ? AND caller = ?",
                                    found.get().primaryKey(),
                                    caller)
                            > 0;
            return new Deleted(leased || marked, marked ? found.get().primaryKey() : null);
        });
        if (deleted.key != null) {
            deleteTurns(deleted.key);
        }
        return deleted.existed;
    }

    private record Deleted(boolean existed, @Nullable Long key) {}

    private void deleteTurns(long conversation) {
        long startNanos = System.nanoTime();
        try {
            deleter.delete(conversation, () -> System.nanoTime() - startNanos > INLINE_DELETION_NANOS);
        } catch (DatabaseUnavailableException e) {
            // it is logged, and Retention deletes the rest
        }
    }

    /**
     * A caller's conversations, sorted by creation.
     *
     * @param after ID of the last conversation of the previous page; null: the first page
     * @throws ConversationException if {@code after} does not exist
     */
    public Page<Conversation> list(String caller, @Nullable String after, boolean ascending, int limit) {
        return database.withHandle(handle -> {
            Long afterKey = null;
            if (after != null) {
                afterKey = find(handle, caller, after)
                        .orElseThrow(() -> invalidCursor(after))
                        .primaryKey();
            }
            List<Conversation> found = new ArrayList<>(handle.select(
                            CONVERSATION + "WHERE caller = ?"
                                    + (afterKey == null ? "" : ascending ? " AND pk > ?" : " AND pk < ?")
                                    + " ORDER BY pk " + (ascending ? "ASC" : "DESC") + " LIMIT " + (limit + 1),
                            afterKey == null ? new Object[] {caller} : new Object[] {caller, afterKey})
                    .map((row, context) -> conversation(row))
                    .list());
            boolean hasMore = found.size() > limit;
            return new Page<>(hasMore ? found.subList(0, limit) : found, hasMore);
        });
    }

    /** The error for a cursor that is not in the list. */
    public static ConversationException invalidCursor(String after) {
        return new ConversationException(
                ErrorCode.INVALID_REQUEST, "after", "'after' is not an ID in this list: '" + after + "'.");
    }

    /** A turn of a conversation, by its ID in any form; empty if the conversation has no such turn. */
    public Optional<PositionedTurn> turn(Conversation conversation, String id) {
        return database.withHandle(handle -> new TurnReader(handle, conversation).find(id));
    }

    /**
     * Reads the turns of a conversation one at a time, so that memory holds only one of them. They are the newest turn, the
     * turn that it continues, and so on.
     *
     * @param from ID of the first turn, in any form; null: the first turn in that order. If the conversation has no such
     *     turn, nothing is read
     * @param isEnough receives each turn; true ends the reading
     */
    public void readUntil(
            Conversation conversation, @Nullable String from, boolean ascending, Predicate<PositionedTurn> isEnough) {
        database.withHandle(handle -> {
            new TurnReader(handle, conversation).readUntil(from, ascending, isEnough);
            return true;
        });
    }

    /**
     * Reads the newest turns of a conversation, as many as are needed.
     *
     * @param parent ID of the turn to continue, in any form and in any conversation of the caller; null: the conversation's
     *     newest turn
     * @throws ConversationException if the ID is a generated one and the conversation does not exist, or the parent does not
     *     exist
     */
    History history(ConversationRef ref, @Nullable String parent, History.Window window) {
        return database.withHandle(handle -> {
            Optional<Conversation> conversation = find(handle, ref.caller(), ref.id());
            if (conversation.isEmpty() && ConversationId.isGenerated(ref.id())) {
                throw ConversationException.notFound(ref.id());
            }
            HistoryReader reader = new HistoryReader(handle, window);
            if (parent != null) {
                return reader.read(
                        conversation,
                        TurnTable.find(handle, ref.caller(), parent)
                                .orElseThrow(ConversationException::parentNotFound));
            }
            return conversation.map(reader::read).orElse(History.NONE);
        });
    }

    /** The part of the history that is needed to append a turn: the last turn. */
    History historyTail(Conversation conversation) {
        List<PositionedTurn> last = new ArrayList<>(1);
        readUntil(conversation, null, false, last::add);
        int nextPosition = last.isEmpty() ? 0 : last.get(0).position() + 1;
        return new History(conversation.primaryKey(), null, List.of(), last, nextPosition, false);
    }

    /** The stored turn of a request with the same idempotency key; empty if there is none. */
    Optional<StoredTurn> findAnsweredTurn(ConversationRef ref) {
        ConversationRef.IdempotencyKey idempotencyKey = ref.idempotencyKey();
        if (idempotencyKey == null) {
            return Optional.empty();
        }
        return database.withHandle(handle -> {
            Optional<TurnTable.AnsweredTurn> found =
                    TurnTable.findByIdempotencyKey(handle, ref, idempotencyKey.value());
            found.ifPresent(row -> Leases.requireSameRequest(idempotencyKey, row.requestDigest()));
            return found.map(TurnTable.AnsweredTurn::turn);
        });
    }

    /**
     * Stores a turn and releases its lease in one transaction.
     *
     * @throws ConversationException if the lease is lost or the conversation was deleted
     */
    void store(Leases.Lease lease, History history, StoredTurn turn) {
        ConversationRef ref = lease.conversation();
        RawJson metadata = new RawJson("{}");
        SerializedTurn newTurn = SerializedTurn.of(turn);
        Long existingKey = history.conversationKey();
        database.inTransaction(handle -> {
            if (Leases.release(handle, lease) == 0) {
                throw ConversationException.changed();
            }
            long key = existingKey == null
                    ? insert(handle, ref.caller(), ref.id(), metadata, bytes(metadata))
                    : existingKey;
            int updated = handle.execute(
                    "UPDATE conversation SET used_at = CURRENT_TIMESTAMP, bytes = bytes + ?, forked = forked OR ?"
                            + " WHERE pk = ? AND caller = ?",
                    newTurn.bytes(),
                    history.forks(),
                    key,
                    ref.caller()); // no row if it was deleted: it no longer belongs to the caller
            if (updated == 0) {
                throw ConversationException.changed();
            }
            TurnTable.insert(handle, key, history.nextPosition(), history.parent(), newTurn, ref.idempotencyKey());
            return key;
        });
        quota.add(ref.caller(), newTurn.bytes() + (existingKey == null ? bytes(metadata) : 0));
    }
}
