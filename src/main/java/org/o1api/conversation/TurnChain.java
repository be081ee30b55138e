package org.o1api.conversation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.ConversationStore.PositionedTurn;
import org.o1api.conversation.TurnTable.Row;

/**
 * A turn, its parent, the parent's parent, and so on, which may be in several conversations of one caller. Turns that were deleted are
 * left out. The rows between them, which belong to other chains, are read too, but without records: so the number of statements
 * depends on the number of rows, and not on how the chains interleave.
 *
 * <p>A parent that does not exist any more ends the chain. A parent was stored before its child, so that the positions in one
 * conversation decrease along a chain; a parent at a higher position, which only a damaged database has, ends it too.
 */
final class TurnChain {
    private static final int FIRST_PAGE = 64;
    private static final int MAX_PAGE = 1024;

    private final Handle handle;
    private final Deque<Row> page = new ArrayDeque<>();
    private int pageSize = FIRST_PAGE;
    private long conversation;

    /** Where the next page begins; null: at the newest turn. */
    private @Nullable Integer from;

    /** Whether the last page may be followed by another one. */
    private boolean wasFull;

    /** The next turn must have this ID; null: the next turn is the row before. */
    private @Nullable String expected;

    /** The turn whose parent is the next one. */
    private @Nullable Row child;

    /** The lowest position of the chain in each of its conversations. */
    private final Map<Long, Integer> lowest = new HashMap<>();

    /** Turns after those that {@link #readUntil} has passed on. */
    private final Deque<Row> unread = new ArrayDeque<>();

    private boolean ended;
    private boolean broken;

    /**
     * Creates a chain.
     *
     * @param from position in the conversation of the turn that the chain starts with; null: the newest
     */
    TurnChain(Handle handle, long conversation, @Nullable Integer from) {
        this.handle = handle;
        this.conversation = conversation;
        this.from = from;
    }

    /** The next older turn, without its record; null: there is none. */
    @Nullable
    Row next() {
        if (!unread.isEmpty()) {
            return unread.removeFirst();
        }
        while (!ended) {
            Row row = page.pollFirst();
            if (row == null) {
                ended = !readPage();
            } else if (expected == null || expected.equals(row.id())) {
                advance(row);
                if (!row.isDeleted()) {
                    return row;
                }
                broken = true;
            }
        }
        return null;
    }

    /** Whether a turn of the chain was deleted or does not exist any more. Valid if {@link #next} has returned null. */
    boolean isBroken() {
        return broken;
    }

    /**
     * Passes turns on, newest first. Afterwards {@link #next} returns those that are older.
     *
     * @param isEnough receives each turn; true ends the reading
     * @return whether {@code isEnough} ended the reading
     */
    boolean readUntil(Predicate<PositionedTurn> isEnough) {
        boolean[] enough = {false};
        List<Row> batch = new ArrayList<>();
        do {
            batch.clear();
            Row row = next();
            while (row != null) {
                batch.add(row);
                row = batch.size() < TurnTable.BATCH_SIZE ? next() : null;
            }
            int read = TurnTable.readEach(handle, batch, turn -> enough[0] = isEnough.test(turn));
            unread.addAll(batch.subList(read, batch.size()));
        } while (!enough[0] && batch.size() == TurnTable.BATCH_SIZE);
        return enough[0];
    }

    private void advance(Row row) {
        lowest.put(conversation, row.position());
        child = row;
        expected = row.parent();
        ended = expected == null && !row.isOfEarlierVersion();
    }

    /** Reads the page with the next turn. Returns whether the chain can go on. */
    private boolean readPage() {
        boolean followsPage = child == null || (wasFull && from != null && from == child.position() - 1);
        if (!followsPage && !jump()) {
            broken |= expected != null;
            return false;
        }
        List<Row> rows = from == null
                ? TurnTable.select(handle, false, "", false, pageSize, conversation)
                : TurnTable.select(handle, false, " AND position <= ?", false, pageSize, conversation, from);
        page.addAll(rows);
        wasFull = rows.size() == pageSize;
        if (wasFull) {
            from = rows.get(rows.size() - 1).position() - 1;
            pageSize = Math.min(pageSize * 4, MAX_PAGE);
        }
        return expected != null || !rows.isEmpty();
    }

    /** Goes to the parent, which is not in the page. Returns whether it exists. */
    private boolean jump() {
        if (child == null || expected == null) {
            return false;
        }
        Optional<Row> parent = TurnTable.findParent(handle, child);
        if (parent.isEmpty()
                || parent.get().position() >= lowest.getOrDefault(parent.get().conversation(), Integer.MAX_VALUE)) {
            return false;
        }
        conversation = parent.get().conversation();
        from = parent.get().position();
        lowest.put(conversation, from);
        return true;
    }
}
