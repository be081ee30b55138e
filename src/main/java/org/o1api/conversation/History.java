package org.o1api.conversation;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.ConversationStore.Placed;

/**
 * What a conversation has so far, as far as a turn needs it.
 *
 * @param key of the conversation; null: it has not begun
 * @param instructing of the turns that were not read whole, those that hold instructions
 * @param recent the newest turns, oldest first
 * @param complete whether those are all
 */
record History(@Nullable Long key, List<Placed> instructing, List<Placed> recent, boolean complete) {
    static final History NONE = new History(null, List.of(), List.of(), true);

    History {
        instructing = List.copyOf(instructing);
        recent = List.copyOf(recent);
    }

    /** Where the next turn stands. */
    int nextPosition() {
        return recent.isEmpty() ? 0 : recent.get(recent.size() - 1).position() + 1;
    }

    /**
     * How much of a history is enough: what the model is told again, and as many messages as the request has, which may be
     * the conversation's own.
     */
    static final class Need {
        private final Meter meter;
        private int messages;
        private boolean full;

        Need(Meter meter, int messages) {
            this.meter = meter;
            this.messages = messages;
        }

        /** Adds one turn more, from the newest on, and tells whether that is enough. */
        boolean isEnoughWith(StoredTurn turn) {
            full = full
                    || !meter.takeIfFits(Told.of(turn).stream().map(Told::text).toList());
            messages -= turn.length();
            return full && messages <= 0;
        }
    }
}
