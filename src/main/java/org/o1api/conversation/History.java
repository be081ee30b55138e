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
     * How much of a history is enough: more than the model is told again, and as many messages as the request has, which may be
     * the conversation's own.
     */
    static final class Need {
        /** No text has that many bytes a token, but for one made to have them. */
        private static final int BYTES_OF_A_TOKEN = 8;

        private long bytes;
        private int messages;

        Need(long tokens, int messages) {
            this.bytes = tokens * BYTES_OF_A_TOKEN;
            this.messages = messages;
        }

        /** Adds one turn more, from the newest on, and tells whether that is enough. */
        boolean isEnoughWith(StoredTurn turn) {
            bytes -= Told.of(turn).stream()
                    .mapToLong(told -> told.text().mostTokens())
                    .sum();
            messages -= turn.length();
            return bytes < 0 && messages <= 0;
        }
    }
}
