package org.o1api.conversation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.ConversationStore.PositionedTurn;
import org.o1api.conversation.TurnTable.Row;

/**
 * Reads the turns of a conversation: the chain of its newest turn, in both directions. In a conversation that is not forked the
 * chain consists of all its turns, and any part of it is read directly. Otherwise the chain is followed from its newest turn,
 * without the records, to find that part.
 */
final class TurnReader {
    private static final int PAGE_SIZE = 32;

    private final Handle handle;
    private final Conversation conversation;

    TurnReader(Handle handle, Conversation conversation) {
        this.handle = handle;
        this.conversation = conversation;
    }

    /** The turn with an ID, in any form; empty if the chain has no such turn. */
    Optional<PositionedTurn> find(String id) {
        return findRow(id).flatMap(row -> TurnTable.readLinked(handle, row));
    }

    private Optional<Row> findRow(String id) {
        if (!conversation.forked()) {
            return TurnTable.find(handle, conversation.primaryKey(), id);
        }
        TurnChain chain = newestChain();
        Row row = chain.next();
        while (row != null && !row.hasId(id)) {
            row = chain.next();
        }
        return Optional.ofNullable(row);
    }

    private TurnChain newestChain() {
        return new TurnChain(handle, conversation.primaryKey(), null);
    }

    /**
     * Reads turns one at a time.
     *
     * @param from ID of the first turn, in any form; null: the first turn in that order. If the chain has no such turn,
     *     nothing is read
     * @param isEnough receives each turn; true ends the reading
     */
    void readUntil(@Nullable String from, boolean ascending, Predicate<PositionedTurn> isEnough) {
        @Nullable Row first = null;
        if (from != null) {
            first = findRow(from).orElse(null);
            if (first == null) {
                return;
            }
        }
        if (conversation.forked()) {
            if (ascending) {
                readChainForward(first, isEnough);
            } else {
                TurnChain chain =
                        first == null ? newestChain() : new TurnChain(handle, first.conversation(), first.position());
                chain.readUntil(isEnough);
            }
        } else if (ascending) {
            readAscending(first == null ? 0 : first.position(), "", isEnough);
        } else {
            readDescending(first == null ? null : first.position(), isEnough);
        }
    }

    private void readChainForward(@Nullable Row first, Predicate<PositionedTurn> isEnough) {
        TurnChain chain = newestChain();
        List<Row> links = new ArrayList<>();
        for (Row row = chain.next(); row != null; row = row.equals(first) ? null : chain.next()) {
            links.add(row);
        }
        Collections.reverse(links);
        TurnTable.readEach(handle, links, isEnough);
    }

    /**
     * Reads the turns of a conversation that is not forked, except those that were deleted just now.
     *
     * @param from position of the first turn; null: the newest
     * @return whether {@code isEnough} ended the reading
     */
    boolean readDescending(@Nullable Integer from, Predicate<PositionedTurn> isEnough) {
        int next = from == null ? Integer.MAX_VALUE : from;
        List<Row> page;
        do {
            page = TurnTable.select(
                    handle, true, " AND position <= ?", false, PAGE_SIZE, conversation.primaryKey(), next);
            for (Row row : page) {
                if (!row.isDeleted() && isEnough.test(TurnTable.read(handle, row))) {
                    return true;
                }
                next = row.position() - 1;
            }
        } while (page.size() == PAGE_SIZE);
        return false;
    }

    /** Reads the turns of a conversation that is not forked, and for which an additional SQL condition is true. */
    void readAscending(int from, String condition, Predicate<PositionedTurn> isEnough) {
        int next = from;
        List<Row> page;
        do {
            page = TurnTable.select(
                    handle, true, " AND position >= ?" + condition, true, PAGE_SIZE, conversation.primaryKey(), next);
            for (Row row : page) {
                if (!row.isDeleted() && isEnough.test(TurnTable.read(handle, row))) {
                    return;
                }
                next = row.position() + 1;
            }
        } while (page.size() == PAGE_SIZE);
    }
}
