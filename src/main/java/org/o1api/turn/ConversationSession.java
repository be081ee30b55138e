package org.o1api.turn;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.HistoryLimits;
import org.o1api.conversation.OpenConversation;
import org.o1api.conversation.StoredTurn;
import org.o1api.model.Message;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Prompt;

/**
 * A turn's exclusive access to its conversation: what was said before, and where the turn is stored. A turn without a conversation
 * has a session that stores nothing.
 */
final class ConversationSession implements AutoCloseable {
    private final TurnRequest request;
    private final long maxCharacters;
    private ConversationLock.@Nullable Held held;

    private ConversationSession(TurnRequest request, long maxCharacters) {
        this.request = request;
        this.maxCharacters = maxCharacters;
    }

    /**
     * Opens the session: waits for the conversation's lock, unless the request needs none.
     *
     * @param maxCharacters the length of the history that may be sent: a client that stores the conversation itself could not send
     *     more than the maximum body size
     */
    static ConversationSession open(ConversationLock lock, TurnRequest request, long maxCharacters) {
        ConversationSession session = new ConversationSession(request, maxCharacters);
        if (request.conversation() != null && request.answered() == null) {
            session.held =
                    lock.acquire(request.conversation(), request.cancellation()); // last: nothing may fail after it
        }
        return session;
    }

    /**
     * Returns the stored turn that already answered the request; null if it was not answered. An earlier request with the same key may have
     * ended while this one waited for the lock.
     */
    @Nullable
    StoredTurn answered() {
        return held == null
                ? request.answered()
                : held.conversation().findAnsweredTurn().orElse(null);
    }

    /** The prompt for the model: instructions, the conversation's history, then the request's messages that are new. */
    Prompt prompt() {
        return prompt(true);
    }

    /** The same for a turn that is not answered, so that it needs no new message. */
    Prompt unansweredPrompt() {
        return prompt(false);
    }

    private Prompt prompt(boolean requiresNewMessage) {
        Prompt prompt = request.prompt();
        List<Message> instructions = request.options().instructions();
        if (held == null) {
            List<Message> messages = new ArrayList<>(instructions);
            messages.addAll(prompt.messages());
            return prompt.withMessages(messages).withoutOnlyReasoning();
        }
        Preset.History history = request.preset().history();
        HistoryLimits limits = new HistoryLimits(
                history.tokens(),
                maxCharacters,
                history.reasoning(),
                request.options().mayTruncate(),
                requiresNewMessage);
        OpenConversation conversation = held.conversation();
        return prompt.withMessages(
                isStored()
                        ? conversation.buildPrompt(instructions, prompt.messages(), limits)
                        : conversation.buildUnstoredPrompt(instructions, prompt.messages(), limits));
    }

    /** Stores the turn. Returns when it is committed. */
    void store(StoredTurn.Answer answer) {
        if (isStored() && held != null) {
            held.conversation()
                    .store(
                            request.info().id(),
                            request.created(),
                            request.model(),
                            answer,
                            request.options().echo());
        }
    }

    /** Whether the turn will be stored. */
    boolean isStored() {
        return held != null && request.options().stores();
    }

    @Override
    public void close() {
        if (held != null) {
            held.close();
        }
    }
}
