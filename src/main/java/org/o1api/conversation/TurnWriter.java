package org.o1api.conversation;

import org.jdbi.v3.core.Handle;
import org.o1api.database.Database;
import org.o1api.model.TurnParent;

/** Stores turns: each in one transaction, which creates its conversation if necessary and releases the turn's lease. */
final class TurnWriter {
    private final Database database;
    private final StorageQuota quota;
    private final LargeTurns largeTurns;

    TurnWriter(Database database, StorageQuota quota, LargeTurns largeTurns) {
        this.database = database;
        this.quota = quota;
        this.largeTurns = largeTurns;
    }

    /**
     * Stores a turn and releases its lease.
     *
     * @throws ConversationException if the lease is lost or the conversation was deleted
     * @throws org.o1api.database.DatabaseUnavailableException if the database is unavailable
     */
    void store(Leases.Lease lease, History history, StoredTurn turn) {
        ConversationRef ref = lease.conversation();
        long created = history.conversationKey() == null ? ConversationTable.bytes(ConversationTable.NO_METADATA) : 0;
        long bytes = largeTurns.store(turn, () -> {
            SerializedTurn newTurn = SerializedTurn.of(turn);
            database.inTransaction(handle -> {
                if (Leases.release(handle, lease) == 0) {
                    throw ConversationException.changed();
                }
                long key = history.conversationKey() != null
                        ? history.conversationKey()
                        : ConversationTable.insert(
                                handle, ref.caller(), ref.id(), ConversationTable.NO_METADATA, created);
                use(handle, key, ref, newTurn.bytes());
                if (ref.parent() != TurnParent.Fixed.NEWEST) {
                    fork(handle, key, history.parentPosition());
                }
                TurnTable.insert(handle, key, history.parent(), newTurn, ref.idempotencyKey());
                return key;
            });
            return newTurn.bytes();
        });
        quota.add(ref.caller(), bytes + created);
    }

    /** Marks the conversation unless the new turn continues its newest one. */
    private static void fork(Handle handle, long key, int parentPosition) {
        handle.execute(
                "UPDATE conversation SET forked = TRUE WHERE pk = ? AND NOT forked AND (CAST(? AS BOOLEAN)"
                        + " OR EXISTS (SELECT 1 FROM turn WHERE conversation = ? AND position > ?))",
                key,
                parentPosition == History.ELSEWHERE,
                key,
                parentPosition);
    }

    /** Locks the row of the conversation until the commit. */
    private static void use(Handle handle, long key, ConversationRef ref, long bytes) {
        int updated = handle.execute(
                "UPDATE conversation SET used_at = CURRENT_TIMESTAMP, bytes = bytes + ? WHERE pk = ? AND caller = ?",
                bytes,
                key,
                ref.caller()); // no row if it was deleted: it no longer belongs to the caller
        if (updated == 0) {
            throw ConversationException.changed();
        }
    }
}
