package org.o1api.api.conversations;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.Conversation;
import org.o1api.conversation.ConversationStore;

/** The items of a conversation, in their order or the other way round, a page at a time. */
final class ItemPage {
    private final ConversationStore store;
    private final Conversation conversation;
    private final boolean ascending;

    ItemPage(ConversationStore store, Conversation conversation, boolean ascending) {
        this.store = store;
        this.conversation = conversation;
        this.ascending = ascending;
    }

    /**
     * So many items at most.
     *
     * @param after the item that the page before ended with; null: from the start
     */
    List<ItemWriter.Item> after(@Nullable String after, int limit) {
        Integer from = after == null ? null : position(after).orElseThrow(() -> ConversationStore.noCursor(after));
        List<ItemWriter.Item> found = new ArrayList<>();
        boolean beyond = after == null;
        // Each turn has an item at least, so one turn more than items are enough; the first may be used up.
        for (ConversationStore.Placed placed : store.turns(conversation, from, ascending, limit + 1)) {
            List<ItemWriter.Item> items = ItemWriter.items(placed.turn());
            if (!ascending) {
                Collections.reverse(items);
            }
            for (ItemWriter.Item item : items) {
                if (beyond && found.size() < limit) {
                    found.add(item);
                }
                beyond |= item.id().equals(after);
            }
        }
        if (!beyond) {
            throw ConversationStore.noCursor(String.valueOf(after));
        }
        return found;
    }

    /** One item by its id. */
    Optional<ItemWriter.Item> find(String id) {
        return position(id)
                .flatMap(position -> store.turns(conversation, position, true, 1).stream()
                        .flatMap(placed -> ItemWriter.items(placed.turn()).stream())
                        .filter(item -> item.id().equals(id))
                        .findFirst());
    }

    private Optional<Integer> position(String item) {
        String turn = ItemWriter.turnOf(item);
        return turn == null ? Optional.empty() : store.position(conversation, turn);
    }
}
