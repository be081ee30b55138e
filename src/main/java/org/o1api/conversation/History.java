package org.o1api.conversation;

import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.ConversationStore.PositionedTurn;
import org.o1api.model.Message;

/**
 * The part of a conversation's history that a turn needs.
 *
 * @param conversationKey primary key of the conversation; null if it does not exist yet
 * @param first the conversation's first turn if {@code recent} does not contain all turns; else null
 * @param instructions of the turns before the recent ones
 * @param recent the newest turns, oldest first
 * @param parentPosition the position of the turn that the next turn continues, if the request names it
 */
record History(
        @Nullable Long conversationKey,
        @Nullable StoredTurn first,
        List<Message> instructions,
        List<PositionedTurn> recent,
        int parentPosition) {
    /** A {@code parentPosition} in another conversation. */
    static final int ELSEWHERE = -2;

    /** A {@code parentPosition} of a turn that continues nothing, or the newest turn. */
    static final int NO_PARENT = -1;

    /** The history of a turn that continues nothing. */
    static History none(@Nullable Long conversationKey) {
        return new History(conversationKey, null, List.of(), List.of(), NO_PARENT);
    }

    History {
        instructions = List.copyOf(instructions);
        recent = List.copyOf(recent);
    }

    /** Whether there are turns before the recent ones. */
    boolean isPartial() {
        return first != null
                && !recent.isEmpty()
                && !first.id().equals(recent.get(0).turn().id());
    }

    /** The ID of the turn that the next turn continues; null: it is the first. */
    @Nullable
    String parent() {
        return recent.isEmpty() ? null : recent.get(recent.size() - 1).turn().id();
    }

    /**
     * Decides how far back the history is read: at least as far as the prompt needs, and at least as many messages as
     * the request has, since it may resend them. The limit is the maximum size of a request, except that tool results
     * keep the turn with their calls.
     */
    static final class Window {
        /** Upper limit of the bytes per token in real texts. */
        private static final int MAX_BYTES_PER_TOKEN = 8;

        private final HistoryLimits limits;
        private long bytesLeft;
        private int messagesLeft;
        private long charactersLeft;
        private long instructionCharactersLeft;
        private boolean toolCallsNeeded;

        Window(HistoryLimits limits, List<Message> request) {
            this.limits = limits;
            this.bytesLeft = limits.tokens() * MAX_BYTES_PER_TOKEN;
            this.messagesLeft = request.size();
            this.toolCallsNeeded =
                    request.stream().anyMatch(message -> message.role().isToolResult());
            this.charactersLeft = limits.characters();
            this.instructionCharactersLeft = limits.characters();
        }

        /** Removes the reasoning of a turn if the prompt does not need it. */
        PositionedTurn withoutUnneededReasoning(PositionedTurn positioned) {
            return (limits.includeReasoning() || toolCallsNeeded) && bytesLeft >= 0
                    ? positioned
                    : new PositionedTurn(
                            positioned.conversation(),
                            positioned.position(),
                            positioned.turn().withoutReasoning(),
                            positioned.recordLength());
        }

        /**
         * Adds the instructions of a turn, all of which go into the prompt.
         *
         * @throws ConversationException if all instructions together exceed the maximum size of a request
         */
        void addInstructions(StoredTurn turn) {
            for (Message message : turn.instructions()) {
                instructionCharactersLeft -= CanonicalMessage.of(message).length();
            }
            if (instructionCharactersLeft < 0) {
                throw tooLong("The system messages of this conversation");
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
            List<CanonicalMessage> messages = HistoryMessage.dialogMessages(turn);
            bytesLeft -= sum(messages, CanonicalMessage::maxTokens);
            if (limits.includeReasoning() || toolCallsNeeded) {
                bytesLeft -= sum(HistoryMessage.reasoningMessages(turn), CanonicalMessage::maxTokens);
            }
            charactersLeft -= sum(messages, CanonicalMessage::length); // without reasoning, which clients do not resend
            messagesLeft -= turn.messageCount();
            addInstructions(turn);
            if (turn.startsWithToolResult()) {
                boolean tooLong = charactersLeft < -limits.characters();
                if (tooLong && toolCallsNeeded) {
                    throw tooLong("The tool calls in this conversation and their results");
                }
                return tooLong;
            }
            toolCallsNeeded = false;
            return (bytesLeft < 0 && messagesLeft <= 0) || charactersLeft < 0;
        }

        private static long sum(List<CanonicalMessage> messages, ToLongFunction<CanonicalMessage> measure) {
            return messages.stream().mapToLong(measure).sum();
        }

        private static ConversationException tooLong(String what) {
            return new ConversationException(
                    ConversationException.Reason.TOO_LONG, what + " are too long to send to the model (limits.body).");
        }
    }
}
