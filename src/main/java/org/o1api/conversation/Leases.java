package org.o1api.conversation;

import java.sql.SQLException;
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
 * Who has the floor in which conversation, for all nodes of one database: a row that its node renews while the turn runs, and
 * that another may take when it has expired. Time is the database's own, so that the nodes' clocks do not matter. Whether a
 * turn still has its lease is asked once more in the transaction that stores it.
 */
final class Leases {
    private static final String EXPIRY = "CURRENT_TIMESTAMP + CAST(? AS INTEGER) * INTERVAL '1' SECOND";
    private static final String UNIQUE_VIOLATION = "23505";

    private final Database database;
    private final long seconds;

    /** Who has the floor on this node. What is not in here is not renewed, whatever the database still says. */
    private final Set<String> held = ConcurrentHashMap.newKeySet();

    Leases(Database database, Duration lease) {
        this.database = database;
        this.seconds = lease.toSeconds();
    }

    /** The floor, held. */
    record Lease(ConversationRef conversation, String owner) {}

    /** A lease that is not held yet. */
    Lease newLease(ConversationRef entry) {
        return new Lease(entry, UUID.randomUUID().toString());
    }

    /**
     * Acquires a lease, if nobody has one for its conversation. It is renewed from then on, until it is released or let go.
     *
     * @throws ConversationException when a turn of the same idempotency key has it
     */
    boolean tryAcquire(Lease lease) {
        boolean taken = false;
        held.add(lease.owner);
        try {
            taken = database.withHandle(handle -> insert(handle, lease) || takeOver(handle, lease));
        } finally {
            if (!taken) { // also after an Error, of which nobody knows how far the statement came: then the lease ends
                // by itself
                held.remove(lease.owner);
            }
        }
        if (!taken) {
            rejectIfKeyInFlight(lease.conversation);
        }
        return taken;
    }

    /** Looks first, though the key alone would do: those who wait would fill the database's log with failed statements. */
    private boolean insert(Handle handle, Lease lease) {
        ConversationRef.@Nullable IdempotencyKey idempotency = lease.conversation.idempotencyKey();
        try {
            return handle.execute(
                            "INSERT INTO lease (caller, id, owner, idempotency_key, fingerprint, expires_at)"
                                    + " SELECT CAST(? AS VARCHAR(128)), CAST(? AS VARCHAR(128)), CAST(? AS VARCHAR(64)),"
                                    + " CAST(? AS VARCHAR(255)), CAST(? AS VARCHAR(64)), "
                                    + EXPIRY
                                    + " WHERE NOT EXISTS (SELECT 1 FROM lease WHERE caller = ? AND id = ?)",
                            lease.conversation.caller(),
                            lease.conversation.id(),
                            lease.owner,
                            idempotency == null ? null : idempotency.value(),
                            idempotency == null ? null : idempotency.requestDigest(),
                            seconds,
                            lease.conversation.caller(),
                            lease.conversation.id())
                    > 0;
        } catch (UnableToExecuteStatementException e) {
            if (e.getCause() instanceof SQLException sql && UNIQUE_VIOLATION.equals(sql.getSQLState())) {
                return false; // two looked at once
            }
            throw e;
        }
    }

    private boolean takeOver(Handle handle, Lease lease) {
        ConversationRef.@Nullable IdempotencyKey idempotency = lease.conversation.idempotencyKey();
        return handle.execute(
                        "UPDATE lease SET owner = ?, idempotency_key = ?, fingerprint = ?, expires_at = " + EXPIRY
                                + " WHERE caller = ? AND id = ? AND expires_at < CURRENT_TIMESTAMP",
                        lease.owner,
                        idempotency == null ? null : idempotency.value(),
                        idempotency == null ? null : idempotency.requestDigest(),
                        seconds,
                        lease.conversation.caller(),
                        lease.conversation.id())
                > 0;
    }

    /** Fails when a turn of the same idempotency key has the floor. */
    void rejectIfKeyInFlight(ConversationRef entry) {
        ConversationRef.IdempotencyKey idempotency = entry.idempotencyKey();
        if (idempotency == null) {
            return;
        }
        Optional<String> running = database.withHandle(handle -> handle.select(
                        "SELECT fingerprint FROM lease WHERE caller = ? AND id = ? AND idempotency_key = ?"
                                + " AND expires_at >= CURRENT_TIMESTAMP",
                        entry.caller(),
                        entry.id(),
                        idempotency.value())
                .mapTo(String.class)
                .findOne());
        running.ifPresent(fingerprint -> {
            requireSameRequest(idempotency, fingerprint);
            throw new ConversationException(
                    ErrorCode.IDEMPOTENCY_KEY_IN_USE,
                    null,
                    "A request with this Idempotency-Key is still running. Retry after it has completed.");
        });
    }

    /** Fails when an idempotency key was used for another request. */
    static void requireSameRequest(ConversationRef.IdempotencyKey idempotency, String fingerprint) {
        if (!idempotency.requestDigest().equals(fingerprint)) {
            throw new ConversationException(
                    ErrorCode.IDEMPOTENCY_KEY_REUSED,
                    null,
                    "This Idempotency-Key was already used for a different request in this conversation."
                            + " Use a new key for each new request.");
        }
    }

    /** Gives the floor up within a transaction; gives how many leases that were, none or one. */
    static int release(Handle handle, Lease lease) {
        return handle.execute(
                "DELETE FROM lease WHERE caller = ? AND id = ? AND owner = ?",
                lease.conversation.caller(),
                lease.conversation.id(),
                lease.owner);
    }

    /** No longer renews a lease: it ends by itself, if nothing else ends it. */
    void stopRenewing(Lease lease) {
        held.remove(lease.owner);
    }

    void release(Lease lease) {
        stopRenewing(lease);
        database.withHandle(handle -> release(handle, lease));
    }

    /** Renews all that this node holds. */
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

    /** Deletes what was not given back. */
    void deleteExpired() {
        database.withHandle(
                handle -> handle.execute("DELETE FROM lease WHERE expires_at < CURRENT_TIMESTAMP - INTERVAL '1' HOUR"));
    }
}
