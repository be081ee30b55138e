package org.o1api.conversation;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;
import org.o1api.database.Database;
import org.o1api.model.ErrorCode;

/**
 * Database leases that give one turn at a time exclusive access to a conversation, across all nodes of the database. Turns that do not
 * exclude each other have a lease each, which only excludes turns with the same idempotency key. A
 * lease is a row that its node renews while the turn is running, and that another turn may take over after it has
 * expired. The database's clock counts, so the nodes' clocks may differ. The transaction that stores a turn checks
 * again that the turn still has its lease.
 */
final class Leases {
    private static final String EXPIRY = "CURRENT_TIMESTAMP + CAST(? AS INTEGER) * INTERVAL '1' SECOND";

    /** The condition that no turn is running in the conversation {@code c}. Nodes of earlier versions do not set the conversation. */
    static final String NOT_LEASED =
            "NOT EXISTS (SELECT 1 FROM lease l WHERE l.caller = c.caller AND (l.id = c.id OR l.conversation = c.id))";

    private final Database database;
    private final long seconds;

    /** Owners of the leases that this node renews. */
    private final Set<String> held = ConcurrentHashMap.newKeySet();

    Leases(Database database, Duration leaseDuration) {
        this.database = database;
        this.seconds = leaseDuration.toSeconds();
    }

    /**
     * A lease, which may not be acquired yet.
     *
     * @param id what it excludes others from
     * @param owner random ID of the turn
     */
    record Lease(ConversationRef conversation, String id, String owner) {}

    /** Creates a lease without acquiring it. */
    Lease newLease(ConversationRef ref) {
        String owner = UUID.randomUUID().toString();
        return new Lease(ref, id(ref, owner), owner);
    }

    private static String id(ConversationRef ref, String owner) {
        if (ref.isExclusive()) {
            return ref.id();
        }
        ConversationRef.IdempotencyKey key = ref.idempotencyKey();
        return ref.id() + "#" + (key == null ? owner : ConversationId.digest(key.value()));
    }

    /**
     * Acquires a lease if no other turn holds one for its conversation. It is renewed until it is released or {@link
     * #stopRenewing} is called.
     *
     * @throws ConversationException if a turn with the same idempotency key holds it
     */
    boolean tryAcquire(Lease lease) {
        boolean acquired = false;
        held.add(lease.owner);
        try {
            acquired = database.withHandle(handle -> insert(handle, lease) || takeOver(handle, lease));
        } finally {
            if (!acquired) { // also after an Error: if the statement was executed, the lease expires
                held.remove(lease.owner);
            }
        }
        if (!acquired) {
            rejectIfKeyInFlight(lease.conversation);
        }
        return acquired;
    }

    /**
     * Inserts the row if there is none. The primary key alone would be sufficient, but waiting turns would fill the
     * database's log with failed statements.
     */
    private boolean insert(Handle handle, Lease lease) {
        ConversationRef.@Nullable IdempotencyKey idempotencyKey = lease.conversation.idempotencyKey();
        try {
            return handle.execute(
                            "INSERT INTO lease (caller, id, conversation, owner, idempotency_key, fingerprint, expires_at)"
                                    + " SELECT CAST(? AS VARCHAR(128)), CAST(? AS VARCHAR(128)), CAST(? AS VARCHAR(128)), CAST(? AS VARCHAR(64)),"
                                    + " CAST(? AS VARCHAR(255)), CAST(? AS VARCHAR(64)), "
                                    + EXPIRY
                                    + " WHERE NOT EXISTS (SELECT 1 FROM lease WHERE caller = ? AND id = ?)",
                            lease.conversation.caller(),
                            lease.id,
                            lease.conversation.id(),
                            lease.owner,
                            idempotencyKey == null ? null : idempotencyKey.value(),
                            idempotencyKey == null ? null : idempotencyKey.requestDigest(),
                            seconds,
                            lease.conversation.caller(),
                            lease.id)
                    > 0;
        } catch (UnableToExecuteStatementException e) {
            if (UniqueViolation.causes(e)) {
                return false; // another turn inserted it at the same time
            }
            throw e;
        }
    }

    private boolean takeOver(Handle handle, Lease lease) {
        ConversationRef.@Nullable IdempotencyKey idempotencyKey = lease.conversation.idempotencyKey();
        return handle.execute(
                        "UPDATE lease SET owner = ?, idempotency_key = ?, fingerprint = ?, expires_at = " + EXPIRY
                                + " WHERE caller = ? AND id = ? AND expires_at < CURRENT_TIMESTAMP",
                        lease.owner,
                        idempotencyKey == null ? null : idempotencyKey.value(),
                        idempotencyKey == null ? null : idempotencyKey.requestDigest(),
                        seconds,
                        lease.conversation.caller(),
                        lease.id)
                > 0;
    }

    /** Fails if a turn with the same idempotency key is running. */
    void rejectIfKeyInFlight(ConversationRef ref) {
        ConversationRef.IdempotencyKey idempotencyKey = ref.idempotencyKey();
        if (idempotencyKey == null) {
            return;
        }
        Optional<String> runningDigest = database.withHandle(handle -> handle.select(
                        "SELECT fingerprint FROM lease WHERE caller = ? AND id = ? AND idempotency_key = ?"
                                + " AND expires_at >= CURRENT_TIMESTAMP",
                        ref.caller(),
                        id(ref, ""),
                        idempotencyKey.value())
                .mapTo(String.class)
                .findOne());
        runningDigest.ifPresent(requestDigest -> {
            requireSameRequest(idempotencyKey, requestDigest);
            throw new ConversationException(
                    ErrorCode.IDEMPOTENCY_KEY_IN_USE,
                    null,
                    "A request with this Idempotency-Key is still running. Retry after it has completed.");
        });
    }

    /** Fails if the idempotency key was used for a different request. */
    static void requireSameRequest(ConversationRef.IdempotencyKey idempotencyKey, String requestDigest) {
        if (!idempotencyKey.requestDigest().equals(requestDigest)) {
            throw new ConversationException(
                    ErrorCode.IDEMPOTENCY_KEY_REUSED,
                    null,
                    "This Idempotency-Key was already used for a different request."
                            + " Use a new key for each new request.");
        }
    }

    /**
     * Releases a lease within a transaction.
     *
     * @return the number of released leases, 0 or 1
     */
    static int release(Handle handle, Lease lease) {
        return handle.execute(
                "DELETE FROM lease WHERE caller = ? AND id = ? AND owner = ?",
                lease.conversation.caller(),
                lease.id,
                lease.owner);
    }

    /** Stops renewing a lease, which then expires unless it is released. */
    void stopRenewing(Lease lease) {
        held.remove(lease.owner);
    }

    void release(Lease lease) {
        stopRenewing(lease);
        database.withHandle(handle -> release(handle, lease));
    }

    /** Renews all leases of this node. */
    void renew() {
        List<String> owners = List.copyOf(held);
        if (!owners.isEmpty()) {
            database.withHandle(handle -> handle.createUpdate("UPDATE lease SET expires_at = "
                            + EXPIRY.replace("?", ":seconds") + " WHERE owner IN (<owners>)")
                    .bind("seconds", seconds)
                    .bindList("owners", owners)
                    .execute());
        }
    }

    /** Deletes leases that expired more than an hour ago. */
    void deleteExpired() {
        database.withHandle(
                handle -> handle.execute("DELETE FROM lease WHERE expires_at < CURRENT_TIMESTAMP - INTERVAL '1' HOUR"));
    }
}
