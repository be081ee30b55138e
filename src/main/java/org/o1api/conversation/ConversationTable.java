package org.o1api.conversation;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.o1api.model.RawJson;

/** The table {@code conversation}. */
final class ConversationTable {
    static final RawJson NO_METADATA = new RawJson("{}");

    private static final String SELECT =
            "SELECT pk, id, metadata, created_at, forked FROM conversation WHERE caller = ?";

    private ConversationTable() {}

    /** A conversation, also an unnamed one. */
    static Optional<Conversation> find(Handle handle, ConversationRef ref) {
        return find(handle, ref.caller(), ref.id());
    }

    /** A conversation that a client can name. */
    static Optional<Conversation> findNamed(Handle handle, String caller, String id) {
        // not every database accepts every character
        return ConversationId.isValid(id) ? find(handle, caller, id) : Optional.empty();
    }

    private static Optional<Conversation> find(Handle handle, String caller, String id) {
        return handle.select(SELECT + " AND id = ?", caller, id)
                .map((row, context) -> conversation(row))
                .findOne();
    }

    /** Conversations that clients can name, by creation, after one of them; null: the first ones. */
    static List<Conversation> listNamed(
            Handle handle, String caller, @Nullable Long after, boolean ascending, int limit) {
        return handle.select(
                        SELECT + " AND NOT unnamed"
                                + (after == null ? "" : ascending ? " AND pk > ?" : " AND pk < ?")
                                + " ORDER BY pk " + (ascending ? "ASC" : "DESC") + " LIMIT " + limit,
                        after == null ? new Object[] {caller} : new Object[] {caller, after})
                .map((row, context) -> conversation(row))
                .list();
    }

    private static Conversation conversation(ResultSet row) throws SQLException {
        return new Conversation(
                row.getLong("pk"),
                row.getString("id"),
                new RawJson(row.getString("metadata")),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getBoolean("forked"));
    }

    /** The storage of a conversation without turns. */
    static long bytes(RawJson metadata) {
        return StorageQuota.BYTES_PER_CONVERSATION + Utf8.length(metadata.text());
    }

    /** Inserts a conversation and returns its primary key. */
    static long insert(Handle handle, String caller, String id, RawJson metadata, long bytes) {
        return handle.createUpdate(
                        "INSERT INTO conversation (caller, id, metadata, created_at, used_at, bytes, unnamed)"
                                + " VALUES (?, ?, ?, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, ?, ?)")
                .bind(0, caller)
                .bind(1, id)
                .bind(2, metadata.text())
                .bind(3, bytes)
                .bind(4, ConversationId.isUnnamed(id))
                .executeAndReturnGeneratedKeys("pk")
                .mapTo(Long.class)
                .one();
    }
}
