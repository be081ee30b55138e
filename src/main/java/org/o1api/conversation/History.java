package org.o1api.conversation;

import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.ConversationStore.PositionedTurn;
import org.o1api.model.ErrorCode;
import org.o1api.model.Message;

/**
 * The part of a conversation's history that a turn needs.
 *
 * @param conversationKey primary key of the conversation; null if it does not exist yet
 * @param first the conversation's first turn if {@code recent} does not contain all turns; else null
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

    /** The position of the next turn. */
    int nextPosition() {
        return recent.isEmpty() ? 0 : recent.get(recent.size() - 1).position() + 1;
    }

    /**
     * Decides how far back the history is read: at least as far as the prompt needs, and at least as many messages as
     * the request has, since it may resend them. The limit is the maximum size of a request, except that tool results
     * keep the turn with their calls.
     */
    static final class Window {
        /** Upper limit of the bytes per token in real texts. */
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

        /** Removes the reasoning of a turn if the prompt does not need it. */
        PositionedTurn withoutUnneededReasoning(PositionedTurn placed) {
            return (bounds.includeReasoning() || callNeeded) && bytes >= 0
                    ? placed
                    : new PositionedTurn(placed.position(), placed.turn().withoutReasoning(), placed.recordLength());
        }

        /**
         * Adds the instructions of a turn, all of which go into the prompt.
         *
         * @throws ConversationException if all instructions together exceed the maximum size of a request
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
         * Adds the next older turn.
         *
         * @return whether no older turns are needed
         * @throws ConversationException if the tool calls that a result belongs to exceed twice the maximum size of a
         *     request
         */
        boolean addAndCheckFull(StoredTurn turn) {
            List<CanonicalMessage> texts = HistoryMessage.dialogMessages(turn);
            bytes -= most(texts, CanonicalMessage::maxTokens);
            if (bounds.includeReasoning() || callNeeded) {
                bytes -= most(HistoryMessage.reasoningMessages(turn), CanonicalMessage::maxTokens);
            }
            characters -= most(texts, CanonicalMessage::length); // without reasoning, which clients do not resend
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
