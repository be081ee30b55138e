package org.o1api.conversation;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.ConversationStore.Placed;
import org.o1api.llm.Message;

/**
 * What a conversation has so far, as far as a turn needs it.
 *
 * @param key of the conversation; null: it has not begun
 * @param first the turn that it began with, where the recent ones are not all; else null
 * @param instructions of the turns before the recent ones
 * @param recent the newest turns, oldest first
 */
record History(@Nullable Long key, @Nullable StoredTurn first, List<Message> instructions, List<Placed> recent) {
    static final History NONE = new History(null, null, List.of(), List.of());

    History {
        instructions = List.copyOf(instructions);
        recent = List.copyOf(recent);
    }

    /** Where the next turn stands. */
    int nextPosition() {
        return recent.isEmpty() ? 0 : recent.get(recent.size() - 1).position() + 1;
    }

    /**
     * How much of a history is enough: more than the model is told again, and as many messages as the request has, which may be
     * the conversation's own; but never more than a request may bring.
     */
    static final class Need {
        /** No text has that many bytes a token, but for one made to have them. */
        private static final int BYTES_OF_A_TOKEN = 8;

        private long bytes;
        private int messages;
        private long characters;

        Need(Bounds bounds, int messages) {
            this.bytes = bounds.tokens() * BYTES_OF_A_TOKEN;
            this.messages = messages;
            this.characters = bounds.characters();
        }

        /** Adds one turn more, from the newest on, and tells whether that is enough. */
        boolean isEnoughWith(Placed placed) {
            bytes -= Told.of(placed.turn()).stream()
                    .mapToLong(told -> told.text().mostTokens())
                    .sum();
            messages -= placed.turn().length();
            characters -= placed.length();
            return (bytes < 0 && messages <= 0) || characters < 0;
        }
    }
}
