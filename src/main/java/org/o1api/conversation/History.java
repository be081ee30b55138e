package org.o1api.conversation;

import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.ConversationStore.PositionedTurn;
import org.o1api.model.ErrorCode;
import org.o1api.model.Message;

/**
 * What a conversation has so far, as far as a turn needs it.
 *
 * @param conversationKey of the conversation; null: it has not begun
 * @param first the turn that it began with, where the recent ones are not all; else null
 * @param instructions of the turns before the recent ones
 * @param recent the newest turns, oldest first
 */
record History(
        @Nullable Long conversationKey,
        @Nullable StoredTurn first,
        List<Message> instructions,
        List<PositionedTurn> recent) {
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
    static final class Window {
        /** No text has that many bytes a token, but for one made to have them. */
        private static final int BYTES_OF_A_TOKEN = 8;

        private final HistoryLimits bounds;
        private long bytes;
        private int messages;
        private long characters;
        private long instructions;
        private boolean callNeeded;

        Window(HistoryLimits bounds, List<Message> asked) {
            this.bounds = bounds;
            this.bytes = bounds.tokens() * BYTES_OF_A_TOKEN;
            this.messages = asked.size();
            this.callNeeded = asked.stream().anyMatch(message -> message.role().isToolResult());
            this.characters = bounds.characters();
            this.instructions = bounds.characters();
        }

        /** What of a turn is needed. */
        PositionedTurn withoutUnneededReasoning(PositionedTurn placed) {
            return (bounds.includeReasoning() || callNeeded) && bytes >= 0
                    ? placed
                    : new PositionedTurn(placed.position(), placed.turn().withoutReasoning(), placed.recordLength());
        }

        /**
         * Adds a turn's instructions, all of which are told.
         *
         * @throws ConversationException when they are more than a request may bring
         */
        void addInstructions(StoredTurn turn) {
            for (Message message : turn.instructions()) {
                instructions -= CanonicalMessage.of(message).length();
            }
            if (instructions < 0) {
                throw tooMuch("The system messages of this conversation");
            }
        }

        /**
         * Adds one turn more, from the newest on, and tells whether that is enough.
         *
         * @throws ConversationException when the calls that a result belongs to are more than twice what a request may bring
         */
        boolean addAndCheckFull(StoredTurn turn) {
            List<CanonicalMessage> texts = HistoryMessage.dialogMessages(turn);
            bytes -= most(texts, CanonicalMessage::maxTokens);
            if (bounds.includeReasoning() || callNeeded) {
                bytes -= most(HistoryMessage.reasoningMessages(turn), CanonicalMessage::maxTokens);
            }
            characters -= most(texts, CanonicalMessage::length); // a client has no reasoning of it
            messages -= turn.messageCount();
            addInstructions(turn);
            if (turn.startsWithToolResult()) {
                boolean tooMuch = characters < -bounds.characters();
                if (tooMuch && callNeeded) {
                    throw tooMuch("The tool calls in this conversation and their results");
                }
                return tooMuch;
            }
            callNeeded = false;
            return (bytes < 0 && messages <= 0) || characters < 0;
        }

        private static long most(List<CanonicalMessage> texts, ToLongFunction<CanonicalMessage> measure) {
            return texts.stream().mapToLong(measure).sum();
        }

        private static ConversationException tooMuch(String what) {
            return new ConversationException(
                    ErrorCode.INVALID_REQUEST,
                    ConversationId.FIELD,
                    what + " are too long to send to the model (limits.body). Start a new conversation.");
        }
    }
}
