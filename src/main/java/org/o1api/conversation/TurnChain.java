package org.o1api.conversation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.TurnTable.Row;

/**
 * A turn, its parent, the parent's parent, and so on, which may be in several conversations of one caller. The rows are read in
 * pages. If each turn continues the one before it, as in most conversations, a page contains nothing else.
 *
 * <p>A parent that does not exist any more ends the chain. A parent was stored before its child, so that the positions in one
 * conversation decrease along a chain; a parent at a higher position, which only a damaged database has, ends it too.
 */
final class TurnChain {
    private static final int MAX_ROWS = 32;
    private static final int MAX_LINKS = 1000;

    /** The size of the first page after a jump: the rows before the parent may belong to other chains. */
    private static final int ROWS_AFTER_JUMP = 2;

    private final Handle handle;
    private final boolean records;
    private final int maxPageSize;
    private long conversation;
    private @Nullable Integer from;
    private int pageSize;

    /** The next turn must have this ID; null: the next turn is the one before. */
    private @Nullable String expected;

    /** The turn whose parent is the next one. */
    private @Nullable Row child;

    /** The lowest position of the chain in each of its conversations. */
    private final Map<Long, Integer> lowest = new HashMap<>();

    /**
     * Creates a chain.
     *
     * @param from position in the conversation of the turn that the chain starts with; null: the newest
     * @param records whether rows are read with their records
     */
    TurnChain(Handle handle, long conversation, @Nullable Integer from, boolean records) {
        this.handle = handle;
        this.conversation = conversation;
        this.from = from;
        this.records = records;
        maxPageSize = records ? MAX_ROWS : MAX_LINKS;
        pageSize = maxPageSize;
    }

    /**
     * Reads the chain, newest turn first.
     *
     * @param isEnough receives each turn; true ends the reading
     * @return whether {@code isEnough} ended the reading
     */
    boolean readUntil(Predicate<Row> isEnough) {
        while (true) {
            List<Row> page = page();
            boolean endsOutside = false;
            for (Row row : page) {
                endsOutside = expected != null && !expected.equals(row.id());
                if (endsOutside) {
                    continue;
                }
                if (isEnough.test(row)) {
                    return true;
                }
                lowest.put(conversation, row.position());
                child = row;
                expected = row.parent();
                if (expected == null && !row.isOfEarlierVersion()) {
                    return false;
                }
            }
            if (page.size() == pageSize && !endsOutside) {
                from = page.get(page.size() - 1).position() - 1;
                pageSize = Math.min(pageSize * 2, maxPageSize);
            } else if (!jump()) {
                return false;
            }
        }
    }

    private List<Row> page() {
        return from == null
                ? TurnTable.select(handle, records, "", false, pageSize, conversation)
                : TurnTable.select(handle, records, " AND position <= ?", false, pageSize, conversation, from);
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
        pageSize = Math.min(ROWS_AFTER_JUMP, maxPageSize);
        return true;
    }
}
