package org.o1api.conversation;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.o1api.llm.ErrorCode;
import org.o1api.llm.Message;
import org.o1api.llm.RawJson;

/**
 * The conversations and their turns. Each is its caller's: whoever else asks for it by its name finds nothing. All methods
 * throw a {@link ConversationException} when the database is down.
 */
public final class ConversationStore {
    private static final String CONVERSATION = "SELECT pk, id, metadata, created_at FROM conversation ";
    private static final String ROW = "SELECT conversation, position, id, fingerprint, record FROM turn ";
    private static final int TURNS_AT_ONCE = 32;

    /** Characters of a record that stands in its row. */
    private static final int LONGEST_RECORD = 100_000;

    private final Database database;

    ConversationStore(Database database) {
        this.database = database;
    }

    /** A page of a list. */
    public record Page<T>(List<T> items, boolean hasMore) {}

    /**
     * A turn at its place.
     *
     * @param length characters of its record
     */
    public record Placed(int position, StoredTurn turn, int length) {}

    /** The conversation of a caller; none where it is not there, or another's. */
    public Optional<Conversation> find(String caller, String id) {
        return database.call(handle -> find(handle, caller, id));
    }

    private static Optional<Conversation> find(Handle handle, String caller, String id) {
        if (!ConversationId.isAllowed(id)) { // nor does every database take every character
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
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }

    /** Begins a conversation, with what has been said in it already. */
    public Conversation create(String caller, RawJson metadata, @Nullable StoredTurn first) {
        String id = ConversationId.make();
        return database.transaction(handle -> {
            long key = insert(handle, caller, id, metadata);
            if (first != null) {
                insert(handle, key, 0, first, null);
            }
            return find(handle, caller, id).orElseThrow();
        });
    }

    private static long insert(Handle handle, String caller, String id, RawJson metadata) {
        return handle.createUpdate("INSERT INTO conversation (caller, id, metadata, created_at, used_at)"
                        + " VALUES (?, ?, ?, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)")
                .bind(0, caller)
                .bind(1, id)
                .bind(2, metadata.text())
                .executeAndReturnGeneratedKeys("pk")
                .mapTo(Long.class)
                .one();
    }

    private static void insert(
            Handle handle, long conversation, int position, StoredTurn turn, Entry.@Nullable Idempotency idempotency) {
        String record = TurnJson.write(turn);
        handle.execute(
                "INSERT INTO turn (conversation, position, id, idempotency_key, fingerprint, instructs, record, long_record)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                conversation,
                position,
                turn.id(),
                idempotency == null ? null : idempotency.key(),
                idempotency == null ? null : idempotency.fingerprint(),
                !turn.instructions().isEmpty(),
                record.length() <= LONGEST_RECORD ? record : null,
                record.length() <= LONGEST_RECORD ? null : record);
    }

    /** Gives a conversation other notes. */
    public Optional<Conversation> update(String caller, String id, RawJson metadata) {
        return database.transaction(handle -> {
            handle.execute(
                    "UPDATE conversation SET metadata = ? WHERE caller = ? AND id = ?", metadata.text(), caller, id);
            return find(handle, caller, id);
        });
    }

    /** Deletes a conversation for good; a turn that runs in it stores nothing any more. Gives whether it was there. */
    public boolean delete(String caller, String id) {
        return database.transaction(handle -> {
            // The lease first, as where a turn is stored: two orders would be a deadlock. A first turn may have nothing
            // else.
            int leases = handle.execute(
                    "DELETE FROM lease WHERE caller = ? AND id = ? AND expires_at >= CURRENT_TIMESTAMP", caller, id);
            int found = handle.execute("DELETE FROM conversation WHERE caller = ? AND id = ?", caller, id);
            return found + leases > 0;
        });
    }

    /**
     * The caller's conversations, by the time they were begun.
     *
     * @param after the one that the page before ended with; null: from the start
     * @throws ConversationException also when {@code after} is not there
     */
    public Page<Conversation> list(String caller, @Nullable String after, boolean ascending, int limit) {
        return database.call(handle -> {
            Long beyond = null;
            if (after != null) {
                beyond = find(handle, caller, after)
                        .orElseThrow(() -> noCursor(after))
                        .key();
            }
            List<Conversation> found = new ArrayList<>(handle.select(
                            CONVERSATION + "WHERE caller = ?"
                                    + (beyond == null ? "" : ascending ? " AND pk > ?" : " AND pk < ?")
                                    + " ORDER BY pk " + (ascending ? "ASC" : "DESC") + " LIMIT " + (limit + 1),
                            beyond == null ? new Object[] {caller} : new Object[] {caller, beyond})
                    .map((row, context) -> conversation(row))
                    .list());
            boolean more = found.size() > limit;
            return new Page<>(more ? found.subList(0, limit) : found, more);
        });
    }

    /** The error for a cursor that points to nothing. */
    public static ConversationException noCursor(String after) {
        return new ConversationException(
                ErrorCode.INVALID_REQUEST, "after", "'after' names nothing that is in this list: '" + after + "'.");
    }

    /** Where a turn of a conversation stands; none where it does not. */
    public Optional<Integer> position(Conversation conversation, String turn) {
        return database.call(handle -> handle.select(
                        "SELECT position FROM turn WHERE conversation = ? AND id = ?", conversation.key(), turn)
                .mapTo(Integer.class)
                .findFirst());
    }

    /**
     * Turns of a conversation in their order, or the other way round.
     *
     * @param from the position of the first; null: from the start of that order
     */
    public List<Placed> turns(Conversation conversation, @Nullable Integer from, boolean ascending, int limit) {
        return database.call(handle -> turns(handle, conversation.key(), from, ascending, limit));
    }

    private static List<Placed> turns(
            Handle handle, long conversation, @Nullable Integer from, boolean ascending, int limit) {
        List<Placed> turns = new ArrayList<>();
        read(handle, conversation, "", from, ascending, turn -> {
            turns.add(turn);
            return turns.size() == limit;
        });
        return turns;
    }

    /**
     * Reads turns one after the other, so that none is held in memory but by who wants it.
     *
     * @param from the position of the first; null: from the start of that order
     * @param isEnough takes a turn, and tells whether it is the last one that is wanted
     */
    public void read(Conversation conversation, @Nullable Integer from, boolean ascending, Predicate<Placed> isEnough) {
        database.call(handle -> read(handle, conversation.key(), "", from, ascending, isEnough));
    }

    /** Tells whether it was enough before there were no more. */
    private static boolean read(
            Handle handle,
            long conversation,
            String which,
            @Nullable Integer from,
            boolean ascending,
            Predicate<Placed> isEnough) {
        Integer next = from;
        List<Row> page;
        do {
            page = handle.select(
                            ROW + "WHERE conversation = ?" + which
                                    + (next == null ? "" : ascending ? " AND position >= ?" : " AND position <= ?")
                                    + " ORDER BY position " + (ascending ? "ASC" : "DESC") + " LIMIT " + TURNS_AT_ONCE,
                            next == null ? new Object[] {conversation} : new Object[] {conversation, next})
                    .map((row, context) -> row(row))
                    .list();
            for (Row row : page) {
                if (isEnough.test(placed(handle, row))) {
                    return true;
                }
                next = row.position + (ascending ? 1 : -1);
            }
        } while (page.size() == TURNS_AT_ONCE);
        return false;
    }

    /** A turn's row, but for a record that is long: those are read one at a time. */
    private record Row(
            long conversation,
            int position,
            String id,
            @Nullable String fingerprint,
            @Nullable String record) {}

    private static Row row(ResultSet row) throws SQLException {
        return new Row(
                row.getLong("conversation"),
                row.getInt("position"),
                row.getString("id"),
                row.getString("fingerprint"),
                row.getString("record"));
    }

    private static Placed placed(Handle handle, Row row) {
        String record = row.record != null
                ? row.record
                : handle.select(
                                "SELECT long_record FROM turn WHERE conversation = ? AND position = ?",
                                row.conversation,
                                row.position)
                        .mapTo(String.class)
                        .findOne()
                        .orElseThrow(ConversationException::changed); // deleted meanwhile
        return new Placed(row.position, TurnJson.read(row.id, record), record.length());
    }

    /**
     * Reads a conversation from its end, as far as is needed.
     *
     * @throws ConversationException also when it has to be there and is not
     */
    History history(Entry entry, History.Need need) {
        return database.call(handle -> {
            Optional<Conversation> conversation = find(handle, entry.caller(), entry.id());
            if (conversation.isEmpty() && ConversationId.isMade(entry.id())) {
                throw ConversationException.notFound(entry.id());
            }
            return conversation.isEmpty()
                    ? History.NONE
                    : history(handle, conversation.get().key(), need);
        });
    }

    private static History history(Handle handle, long conversation, History.Need need) {
        Deque<Placed> recent = new ArrayDeque<>();
        boolean cut = read(handle, conversation, "", null, false, turn -> {
            recent.addFirst(need.of(turn));
            return need.isEnoughWith(turn.turn());
        });
        if (!cut) {
            return new History(conversation, null, List.of(), List.copyOf(recent));
        }
        return new History(
                conversation,
                turns(handle, conversation, null, true, 1).stream()
                        .findFirst()
                        .orElseThrow(ConversationException::changed) // deleted meanwhile
                        .turn(),
                instructions(handle, conversation, recent.getFirst().position(), need),
                List.copyOf(recent));
    }

    private static List<Message> instructions(Handle handle, long conversation, int before, History.Need need) {
        List<Message> instructions = new ArrayList<>();
        read(handle, conversation, " AND instructs AND position < " + before, null, true, placed -> {
            need.addInstructions(placed.turn());
            instructions.addAll(placed.turn().instructions());
            return false;
        });
        return instructions;
    }

    /** As much of a conversation as is needed to add to its end. */
    History end(Conversation conversation) {
        return new History(conversation.key(), null, List.of(), turns(conversation, null, false, 1));
    }

    /** The turn that was answered under a key already. */
    Optional<StoredTurn> answered(Entry entry) {
        Entry.Idempotency idempotency = entry.idempotency();
        if (idempotency == null) {
            return Optional.empty();
        }
        return database.call(handle -> {
            Optional<Row> found = handle.select(
                            ROW + "WHERE conversation = (SELECT pk FROM conversation WHERE caller = ? AND id = ?)"
                                    + " AND idempotency_key = ?",
                            entry.caller(),
                            entry.id(),
                            idempotency.key())
                    .map((row, context) -> row(row))
                    .findOne();
            found.ifPresent(row -> Leases.requireSame(idempotency, String.valueOf(row.fingerprint)));
            return found.map(row -> placed(handle, row).turn());
        });
    }

    /**
     * Stores a turn and gives up its lease, both or neither.
     *
     * @throws ConversationException also when the lease is lost, or the conversation is no longer as it was
     */
    void store(Leases.Lease lease, History history, StoredTurn turn) {
        Entry entry = lease.entry();
        database.transaction(handle -> {
            if (Leases.release(handle, lease) == 0) {
                throw ConversationException.changed();
            }
            Long known = history.key();
            long key = known == null ? insert(handle, entry.caller(), entry.id(), new RawJson("{}")) : known;
            if (handle.execute("UPDATE conversation SET used_at = CURRENT_TIMESTAMP WHERE pk = ?", key) == 0) {
                throw ConversationException.changed();
            }
            insert(handle, key, history.nextPosition(), turn, entry.idempotency());
            return key;
        });
    }
}
