package org.o1api.api.conversations;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.o1api.api.items.ItemSource;
import org.o1api.api.items.ItemWriter;
import org.o1api.conversation.Conversation;
import org.o1api.conversation.ConversationStore;
import org.o1api.conversation.ConversationStore.Page;
import org.o1api.conversation.ConversationStore.PositionedTurn;

/** Reads the items of a conversation page by page, in ascending or descending order. */
final class ItemPage {
    private final ConversationStore store;
    private final ItemSource items;
    private final Conversation conversation;
    private final boolean ascending;

    ItemPage(ConversationStore store, ItemSource items, Conversation conversation, boolean ascending) {
        this.store = store;
        this.items = items;
        this.conversation = conversation;
        this.ascending = ascending;
    }

    /**
     * Reads a page of at most {@code limit} items. It contains items of turns that together are at most {@code characters}
     * long, or of one turn.
     *
     * @param after ID of the last item of the previous page; null: the first page
     */
    Page<ItemWriter.Item> read(@Nullable String after, int limit, long characters) {
        String from = after == null ? null : ItemWriter.turnId(after);
        if (after != null && from == null) {
            throw ConversationStore.invalidCursor(after);
        }
        PageBuilder builder = new PageBuilder(after, limit, characters);
        store.readUntil(conversation, from, ascending, builder::addAndCheckFull);
        if (!builder.started) {
            throw ConversationStore.invalidCursor(String.valueOf(after));
        }
        return new Page<>(builder.items, builder.hasMore);
    }

    private final class PageBuilder {
        private final @Nullable String after;
        private final int limit;
        private final List<ItemWriter.Item> items = new ArrayList<>();
        private long charactersLeft;
        private boolean started;
        private boolean hasMore;

        PageBuilder(@Nullable String after, int limit, long charactersLeft) {
            this.after = after;
            this.limit = limit;
            this.charactersLeft = charactersLeft;
            started = after == null;
        }

        boolean addAndCheckFull(PositionedTurn positioned) {
            if (!items.isEmpty() && positioned.recordLength() > charactersLeft) {
                hasMore = true;
                return true;
            }
            int before = items.size();
            List<ItemWriter.Item> all = ItemPage.this.items.items(positioned.turn());
            if (!ascending) {
                Collections.reverse(all);
            }
            for (ItemWriter.Item item : all) {
                if (started && items.size() < limit) {
                    items.add(item);
                } else {
                    hasMore |= started;
                    started |= item.id().equals(after);
                }
            }
            charactersLeft -= items.size() > before ? positioned.recordLength() : 0;
            return hasMore;
        }
    }

    Optional<ItemWriter.Item> find(String id) {
        return Optional.ofNullable(ItemWriter.turnId(id))
                .flatMap(turn -> store.turn(conversation, turn))
                .flatMap(positioned -> items.items(positioned.turn()).stream()
                        .filter(item -> item.id().equals(id))
                        .findFirst());
    }
}
