package org.o1api.turn;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.ConversationRef;
import org.o1api.conversation.Conversations;
import org.o1api.conversation.HistoryLimits;
import org.o1api.conversation.OpenConversation;
import org.o1api.conversation.StoredTurn;
import org.o1api.model.ErrorCode;
import org.o1api.model.FailureLog;
import org.o1api.model.GatewayException;
import org.o1api.model.Message;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Prompt;

/**
 * A turn's access to its conversation: what was said before, and where the turn is stored. The access is exclusive only if the turn is
 * stored. A turn without a conversation has a session that stores nothing.
 */
final class ConversationSession implements AutoCloseable {
    private static final FailureLog LOG = new FailureLog(System.getLogger(ConversationSession.class.getName()));

    /** In a turn that continues nothing, the conversation can only have changed because the lease is lost. */
    private static final Set<ErrorCode> STORE_FAILURES =
            Set.of(ErrorCode.STORE_UNAVAILABLE, ErrorCode.STORAGE_QUOTA_EXCEEDED, ErrorCode.CONVERSATION_CHANGED);

    private final Conversations conversations;
    private final TurnRequest request;
    private final long maxCharacters;
    private ConversationLock.@Nullable Held held;
    private boolean storeFailed;

    private ConversationSession(Conversations conversations, TurnRequest request, long maxCharacters) {
        this.conversations = conversations;
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
        ConversationSession session = new ConversationSession(lock.conversations(), request, maxCharacters);
        if (request.conversation() != null
                && request.answered() == null
                && request.options().stores()) {
            try {
                session.held =
                        lock.acquire(request.conversation(), request.cancellation()); // last: nothing may fail after it
            } catch (GatewayException e) {
                session.continueUnstored(e);
            }
        }
        return session;
    }

    /** Continues without storing the turn if that is allowed, and only the store fails; otherwise throws the failure. */
    private void continueUnstored(GatewayException failure) {
        if (!STORE_FAILURES.contains(failure.code())
                || request.options().storage() != ConversationOptions.Storage.IF_POSSIBLE) {
            throw failure;
        }
        storeFailed = true;
        LOG.warning(
                failure.code().wireName(),
                "the turn " + request.info().id() + " is answered but not stored: "
                        + failure.code().wireName());
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

    /** The same for a turn that is not answered, so that it needs no new message. Without any message there is an empty one: a prompt has one. */
    Prompt unansweredPrompt() {
        Prompt prompt = prompt(false);
        return prompt.messages().isEmpty() ? prompt.withMessages(List.of(Message.user(""))) : prompt;
    }

    private Prompt prompt(boolean requiresNewMessage) {
        ConversationRef ref = request.conversation();
        if (ref != null && !storeFailed) {
            try {
                return request.prompt().withMessages(messages(ref, requiresNewMessage));
            } catch (GatewayException e) {
                continueUnstored(e);
            }
        }
        List<Message> instructions = request.options().instructions();
        List<Message> messages = request.prompt().messages();
        if (request.options().storage() != ConversationOptions.Storage.REQUIRED) {
            return request.prompt().withMessages(Conversations.unstoredPrompt(instructions, messages));
        }
        List<Message> unchanged = new ArrayList<>(instructions);
        unchanged.addAll(messages);
        return request.prompt().withMessages(unchanged).withoutOnlyReasoning();
    }

    private List<Message> messages(ConversationRef ref, boolean requiresNewMessage) {
        List<Message> instructions = request.options().instructions();
        List<Message> messages = request.prompt().messages();
        Preset.History history = request.preset().history();
        HistoryLimits limits = new HistoryLimits(
                history.tokens(),
                maxCharacters,
                history.reasoning(),
                request.options().mayTruncate(),
                requiresNewMessage);
        return held == null
                ? conversations.unstoredPrompt(ref, instructions, messages, limits)
                : held.conversation().buildPrompt(instructions, messages, limits);
    }

    /** Stores the turn. Returns when it is committed, or the store has failed. */
    void store(StoredTurn.Answer answer) {
        if (!isStored() || held == null) {
            return;
        }
        OpenConversation conversation = held.conversation();
        ConversationOptions.Echo echo = request.options().echo();
        try {
            conversation.store(
                    request.info().id(),
                    request.created(),
                    request.model(),
                    answer,
                    echo == null ? null : echo.of(conversation.newMessages()));
        } catch (GatewayException e) {
            continueUnstored(e);
        }
    }

    /** Whether the turn will be stored, as far as is known now. */
    boolean isStored() {
        return held != null && !storeFailed;
    }

    /** Whether the turn was to be stored, but the store has failed. */
    boolean storeFailed() {
        return storeFailed;
    }

    @Override
    public void close() {
        if (held != null) {
            held.close();
        }
    }
}
