package org.o1api.conversation;

import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.Handle;
import org.o1api.database.Database;
import org.o1api.model.TurnParent;

/** Stores turns: each in one transaction, which creates its conversation if necessary and releases the turn's lease. */
final class TurnWriter {
    /** The number of characters from which a turn takes much memory while it is stored. */
    private static final int LARGE = 1 << 20;

    private final Database database;
    private final StorageQuota quota;
    /** Large turns are stored one after the other, so that memory holds the copies of only one of them: its JSON, and what the driver makes of it. */
    private final ReentrantLock large = new ReentrantLock(true);

    TurnWriter(Database database, StorageQuota quota) {
        this.database = database;
        this.quota = quota;
    }

    /**
     * Stores a turn and releases its lease.
     *
     * @throws ConversationException if the lease is lost or the conversation was deleted
     */
    void store(Leases.Lease lease, History history, StoredTurn turn) {
        if (TurnJson.length(turn.messages()) < LARGE) {
            storeNow(lease, history, turn);
            return;
        }
        large.lock();
        try {
            storeNow(lease, history, turn);
        } finally {
            large.unlock();
        }
    }

    private void storeNow(Leases.Lease lease, History history, StoredTurn turn) {
        ConversationRef ref = lease.conversation();
        SerializedTurn newTurn = SerializedTurn.of(turn);
        long created = history.conversationKey() == null ? ConversationTable.bytes(ConversationTable.NO_METADATA) : 0;
        database.inTransaction(handle -> {
            if (Leases.release(handle, lease) == 0) {
                throw ConversationException.changed();
            }
            long key = history.conversationKey() != null
                    ? history.conversationKey()
                    : ConversationTable.insert(handle, ref.caller(), ref.id(), ConversationTable.NO_METADATA, created);
            use(handle, key, ref, newTurn.bytes());
            if (ref.parent() != TurnParent.Fixed.NEWEST) {
                fork(handle, key, history.parentPosition());
            }
            TurnTable.insert(handle, key, history.parent(), newTurn, ref.idempotencyKey());
            return key;
        });
        quota.add(ref.caller(), newTurn.bytes() + created);
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
