package org.o1api.conversation;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.o1api.database.DatabaseUnavailableException;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.TurnId;

/** A conversation that a turn has exclusive access to. Closing it without storing leaves it unchanged. */
public final class OpenConversation implements AutoCloseable {
    private final ConversationStore store;
    private final TurnWriter writer;
    private final Leases leases;
    private final Leases.Lease lease;
    private final StorageQuota quota;
    private final Tokenizer tokenizer;
    /** What {@link #buildPrompt} has read; null: it was not called. */
    private @Nullable History history;

    private List<Message> newMessages = List.of();
    private boolean stored;

    OpenConversation(
            ConversationStore store,
            TurnWriter writer,
            Leases leases,
            Leases.Lease lease,
            StorageQuota quota,
            Tokenizer tokenizer) {
        this.store = store;
        this.writer = writer;
        this.leases = leases;
        this.lease = lease;
        this.quota = quota;
        this.tokenizer = tokenizer;
    }

    /** The stored turn of an earlier request with the same idempotency key, which may have ended while this one waited. */
    public Optional<StoredTurn> findAnsweredTurn() {
        return store.findAnsweredTurn(lease.conversation());
    }

    /**
     * Builds the prompt: the history, then the new messages of the request. Must be called before {@link #store}.
     *
     * @throws ConversationException if the request contradicts the history, the turn to continue does not exist, or the caller's
     *     conversations exceed their storage quota, so that the answer could not be stored
     */
    public List<Message> buildPrompt(List<Message> request, HistoryLimits limits) {
        return buildPrompt(List.of(), request, limits);
    }

    /**
     * The same with messages before the history, which are not stored.
     *
     * @throws ConversationException as above
     */
    public List<Message> buildPrompt(List<Message> before, List<Message> request, HistoryLimits limits) {
        quota.requireNotExceeded(lease.conversation().caller());
        History read = store.history(lease.conversation(), new History.Window(limits, request));
        HistoryMerge merge = HistoryMerge.of(read, before, request, limits, tokenizer);
        newMessages = merge.newMessages();
        history = read;
        return merge.prompt();
    }

    /** The request's messages that are stored: those that were new when {@link #buildPrompt} was called. */
    public List<Message> newMessages() {
        return newMessages;
    }

    /**
     * Stores messages that no model has answered, and releases the lease.
     *
     * @throws ConversationException if the conversation no longer exists, its lease is lost, or the caller's conversations
     *     exceed their storage quota
     */
    public void append(StoredTurn turn) {
        ConversationRef ref = lease.conversation();
        quota.requireNotExceeded(ref.caller());
        Conversation conversation =
                store.find(ref.caller(), ref.id()).orElseThrow(() -> ConversationException.notFound(ref.id()));
        writer.store(lease, store.historyTail(conversation), turn);
        stored = true;
    }

    /**
     * Stores the turn and releases the lease in one transaction.
     *
     * @param id of the turn; see {@link TurnId}
     * @param created seconds since 1970
     * @param model as the caller requested it
     * @throws ConversationException if the conversation has changed; nothing was stored
     * @throws IllegalStateException unless the prompt was built before
     */
    public void store(String id, long created, String model, StoredTurn.Answer answer) {
        store(id, created, model, answer, null);
    }

    /**
     * The same with an echo.
     *
     * @param echo see {@link StoredTurn#echo}
     * @throws ConversationException as above
     */
    public void store(String id, long created, String model, StoredTurn.Answer answer, @Nullable RawJson echo) {
        if (history == null) {
            throw new IllegalStateException("the prompt was not built");
        }
        writer.store(lease, history, new StoredTurn(id, created, model, newMessages, answer, echo));
        stored = true;
    }

    /** Releases the lease. If the database is unavailable, the lease expires. */
    @Override
    public void close() {
        leases.stopRenewing(lease);
        if (!stored) {
            try {
                leases.release(lease);
            } catch (DatabaseUnavailableException e) {
                // it is logged
            }
        }
    }
}
