package org.o1api.conversation;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.Handle;
import org.o1api.database.Database;
import org.o1api.model.ErrorCode;

/**
 * Limits the storage of one caller's conversations. Each node caches the total: it reads it from the database at most
 * once a minute, and before each rejection, so that a caller who has deleted something can store again immediately. In
 * between it adds what this node stores.
 */
final class StorageQuota {
    /** Storage of a row of the table {@code conversation} and its index entries, so that empty conversations count too. */
    static final int BYTES_PER_CONVERSATION = 512;

    /** Storage of a row of the table {@code turn} and its index entries, without the record. */
    static final int BYTES_PER_TURN = 256;

    private static final int PAGE_SIZE = 100;

    private static final long MAX_AGE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Database database;
    private final long limit;
    private final LongSupplier nanoTime;
    private final Map<String, Total> totals = new ConcurrentHashMap<>();

    StorageQuota(Database database, long limit) {
        this(database, limit, System::nanoTime);
    }

    StorageQuota(Database database, long limit, LongSupplier nanoTime) {
        this.database = database;
        this.limit = limit;
        this.nanoTime = nanoTime;
    }

    private record Total(long bytes, long readNanos) {}

    /** The storage of all conversations of a caller, and of the named ones. */
    private record Storage(long all, long named) {}

    /**
     * Makes room for the next turn: if the caller exceeds the limit, the least recently used unnamed conversations are deleted, except
     * those with a running turn. Fails if the named ones alone exceed it. What is stored next may exceed it.
     *
     * @throws ConversationException with {@code storage_quota_exceeded}
     */
    void requireNotExceeded(String caller) {
        long now = nanoTime.getAsLong();
        Total cached = totals.get(caller);
        if (cached != null && now - cached.readNanos < MAX_AGE_NANOS && cached.bytes <= limit) {
            return;
        }
        Storage storage = database.withHandle(handle -> read(handle, caller));
        if (storage.named > limit) {
            totals.put(caller, new Total(storage.all, now));
            throw exceeded(storage);
        }
        long freed = storage.all > limit ? deleteUnnamed(caller, storage.all - limit) : 0;
        totals.put(caller, new Total(storage.all - freed, now));
    }

    private static Storage read(Handle handle, String caller) {
        return handle.select(
                        "SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) AS total,"
                                + " CAST(COALESCE(SUM(CASE WHEN unnamed THEN 0 ELSE bytes END), 0) AS BIGINT) AS named"
                                + " FROM conversation WHERE caller = ?",
                        caller)
                .map((row, context) -> new Storage(row.getLong("total"), row.getLong("named")))
                .one();
    }

    private ConversationException exceeded(Storage storage) {
        return new ConversationException(
                ErrorCode.STORAGE_QUOTA_EXCEEDED,
                null,
                "The conversations of this API key use " + storage.named + " bytes, more than the limit of " + limit
                        + " (conversations.bytes_per_caller). Delete conversations (DELETE /v1/conversations/ID), or ask the"
                        + " operator to raise the limit or shorten conversations.time_to_live.");
    }

    private record Unnamed(long key, long bytes) {}

    /** Deletes unnamed conversations until this much storage is free or none is left. Returns what is free now. */
    private long deleteUnnamed(String caller, long bytes) {
        long freed = 0;
        List<Unnamed> page;
        do {
            page = database.withHandle(handle -> handle.select(
                            "SELECT c.pk, c.bytes FROM conversation c WHERE c.caller = ? AND c.unnamed AND "
                                    + Leases.NOT_LEASED + " ORDER BY c.used_at, c.pk LIMIT " + PAGE_SIZE,
                            caller)
                    .map((row, context) -> new Unnamed(row.getLong("pk"), row.getLong("bytes")))
                    .list());
            for (Unnamed oldest : page) {
                if (freed >= bytes) {
                    return freed;
                }
                freed += delete(caller, oldest) ? oldest.bytes : 0;
            }
        } while (page.size() == PAGE_SIZE);
        return freed;
    }

    /** {@link Retention} deletes the turns. */
    private boolean delete(String caller, Unnamed conversation) {
        return database.withHandle(handle -> handle.execute(
                        ConversationDeleter.MARK_AS_DELETED + "WHERE pk = ? AND caller = ?", conversation.key, caller))
                > 0;
    }

    void add(String caller, long bytes) {
        totals.computeIfPresent(caller, (name, total) -> new Total(total.bytes + bytes, total.readNanos));
    }
}
