package org.o1api.conversation;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
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

    /**
     * Fails if the caller has already exceeded the limit. What is stored next may exceed it.
     *
     * @throws ConversationException with {@code storage_quota_exceeded}
     */
    void requireNotExceeded(String caller) {
        long now = nanoTime.getAsLong();
        Total cached = totals.get(caller);
        if (cached != null && now - cached.readNanos < MAX_AGE_NANOS && cached.bytes <= limit) {
            return;
        }
        long bytes = database.withHandle(handle -> handle.select(
                        "SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM conversation WHERE caller = ?", caller)
                .mapTo(Long.class)
                .one());
        totals.put(caller, new Total(bytes, now));
        if (bytes > limit) {
            throw new ConversationException(
                    ErrorCode.STORAGE_QUOTA_EXCEEDED,
                    null,
                    "The conversations of this API key use " + bytes + " bytes, more than the limit of " + limit
                            + " (conversations.bytes_per_caller). Delete conversations (DELETE /v1/conversations/ID), or ask the"
                            + " operator to raise the limit or shorten conversations.time_to_live.");
        }
    }

    void add(String caller, long bytes) {
        totals.computeIfPresent(caller, (name, total) -> new Total(total.bytes + bytes, total.readNanos));
    }
}
