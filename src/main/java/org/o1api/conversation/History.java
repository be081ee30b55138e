package org.o1api.conversation;

import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.ConversationStore.Placed;
import org.o1api.model.ErrorCode;
import org.o1api.model.Message;

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
     * the conversation's own; but never more than a request may bring, and never without the calls that results belong to.
     */
    static final class Need {
        /** No text has that many bytes a token, but for one made to have them. */
        private static final int BYTES_OF_A_TOKEN = 8;

        private final Bounds bounds;
        private long bytes;
        private int messages;
        private long characters;
        private long instructions;
        private boolean callNeeded;

        Need(Bounds bounds, List<Message> asked) {
            this.bounds = bounds;
            this.bytes = bounds.tokens() * BYTES_OF_A_TOKEN;
            this.messages = asked.size();
            this.callNeeded = asked.stream().anyMatch(message -> message.role().isToolResult());
            this.characters = bounds.characters();
            this.instructions = bounds.characters();
        }

        /** What of a turn is needed. */
        Placed of(Placed placed) {
            return (bounds.reasoning() || callNeeded) && bytes >= 0
                    ? placed
                    : new Placed(placed.position(), placed.turn().withoutReasoning(), placed.length());
        }

        /**
         * Adds a turn's instructions, all of which are told.
         *
         * @throws ConversationException when they are more than a request may bring
         */
        void addInstructions(StoredTurn turn) {
            for (Message message : turn.instructions()) {
                instructions -= MessageText.of(message).length();
            }
            if (instructions < 0) {
                throw tooMuch("The system messages of this conversation are");
            }
        }

        /**
         * Adds one turn more, from the newest on, and tells whether that is enough.
         *
         * @throws ConversationException when the calls that a result belongs to are more than twice what a request may bring
         */
        boolean isEnoughWith(StoredTurn turn) {
            List<MessageText> texts = Told.texts(turn);
            bytes -= most(texts, MessageText::mostTokens);
            if (bounds.reasoning() || callNeeded) {
                bytes -= most(Told.reasoningTexts(turn), MessageText::mostTokens);
            }
            characters -= most(texts, MessageText::length); // a client has no reasoning of it
            messages -= turn.length();
            addInstructions(turn);
            if (turn.beginsWithResult()) {
                boolean tooMuch = characters < -bounds.characters();
                if (tooMuch && callNeeded) {
                    throw tooMuch("The calls of tools in this conversation and their results are");
                }
                return tooMuch;
            }
            callNeeded = false;
            return (bytes < 0 && messages <= 0) || characters < 0;
        }

        private static long most(List<MessageText> texts, ToLongFunction<MessageText> measure) {
            return texts.stream().mapToLong(measure).sum();
        }

        private static ConversationException tooMuch(String what) {
            return new ConversationException(
                    ErrorCode.INVALID_REQUEST,
                    ConversationId.FIELD,
                    what + " more than can be told (limits.body). Begin another conversation.");
        }
    }
}
