package org.o1api.conversation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
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
    /** How long a delete request deletes turns itself; {@link Retention} deletes the rest. */
    private static final long INLINE_DELETION_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Database database;
    private final StorageQuota quota;
    private final ConversationDeleter deleter;
    private final LargeTurns largeTurns;

    ConversationStore(Database database, StorageQuota quota, ConversationDeleter deleter, LargeTurns largeTurns) {
        this.database = database;
        this.quota = quota;
        this.deleter = deleter;
        this.largeTurns = largeTurns;
    }

    public record Page<T>(List<T> items, boolean hasMore) {}

    /**
     * A turn and its position in its conversation, counted from 0: the order in which turns were stored.
     *
     * @param conversation primary key of the conversation
     * @param recordLength characters of the stored JSON, without the echo
     */
    public record PositionedTurn(long conversation, int position, StoredTurn turn, int recordLength) {}

    /** A conversation of a caller; empty if it does not exist or belongs to another caller. */
    public Optional<Conversation> find(String caller, String id) {
        return database.withHandle(handle -> ConversationTable.findNamed(handle, caller, id));
    }

    /**
     * Creates a conversation, with its first messages if there are any.
     *
     * @throws ConversationException if the caller's conversations exceed their storage quota
     */
    public Conversation create(String caller, RawJson metadata, @Nullable StoredTurn first) {
        quota.requireNotExceeded(caller);
        return largeTurns.store(first, () -> createNow(caller, metadata, first));
    }

    private Conversation createNow(String caller, RawJson metadata, @Nullable StoredTurn first) {
        String id = ConversationId.generate();
        SerializedTurn turn = first == null ? null : SerializedTurn.of(first);
        long bytes = ConversationTable.bytes(metadata) + (turn == null ? 0 : turn.bytes());
        Conversation created = database.inTransaction(handle -> {
            long key = ConversationTable.insert(handle, caller, id, metadata, bytes);
            if (turn != null) {
                TurnTable.insert(handle, key, null, turn, null);
            }
            return ConversationTable.findNamed(handle, caller, id).orElseThrow();
        });
        quota.add(caller, bytes);
        return created;
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
            return ConversationTable.findNamed(handle, caller, id);
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
            Optional<Conversation> found = ConversationTable.findNamed(handle, caller, id);
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
                afterKey = ConversationTable.findNamed(handle, caller, after)
                        .orElseThrow(() -> invalidCursor(after))
                        .primaryKey();
            }
            List<Conversation> found =
                    new ArrayList<>(ConversationTable.listNamed(handle, caller, afterKey, ascending, limit + 1));
            boolean hasMore = found.size() > limit;
            return new Page<>(hasMore ? found.subList(0, limit) : found, hasMore);
        });
    }

    /** The error for a cursor that is not in the list. */
    public static ConversationException invalidCursor(String after) {
        return new ConversationException(
                ErrorCode.INVALID_REQUEST, "after", "'after' is not an ID in this list: '" + after + "'.");
    }

    /** A turn of a conversation with its echo, by its ID in any form; empty if the conversation has no such turn. */
    public Optional<PositionedTurn> turn(Conversation conversation, String id) {
        return database.withHandle(
                handle -> new TurnReader(handle, conversation).find(id).map(found -> TurnEchoes.read(handle, found)));
    }

    /**
     * Reads the turns of a conversation with their echoes, one at a time, so that memory holds only one of them. They are the newest turn, the
     * turn that it continues, and so on.
     *
     * @param from ID of the first turn, in any form; null: the first turn in that order. If the conversation has no such
     *     turn, nothing is read
     * @param isEnough receives each turn; true ends the reading
     */
    public void readUntil(
            Conversation conversation, @Nullable String from, boolean ascending, Predicate<PositionedTurn> isEnough) {
        database.withHandle(handle -> {
            new TurnReader(handle, conversation)
                    .readUntil(from, ascending, turn -> isEnough.test(TurnEchoes.read(handle, turn)));
            return true;
        });
    }

    /**
     * Reads the newest turns that a turn continues, as many as are needed.
     *
     * @throws ConversationException if the turn to continue does not exist, or the ID of the conversation is a generated one and
     *     the conversation does not exist
     */
    History history(ConversationRef ref, History.Window window) {
        return database.withHandle(handle -> new HistoryReader(handle, window).read(ref));
    }

    /** The part of the history that is needed to append a turn: the last turn. */
    History historyTail(Conversation conversation) {
        return database.withHandle(handle -> {
            List<PositionedTurn> last = new ArrayList<>(1);
            new TurnReader(handle, conversation).readUntil(null, false, last::add);
            return new History(conversation.primaryKey(), null, List.of(), last, History.NO_PARENT);
        });
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
}
