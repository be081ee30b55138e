package org.o1api.conversation;

import java.util.List;
import java.util.Optional;
import org.o1api.database.DatabaseUnavailableException;
import org.o1api.model.Message;

/** A conversation while a turn of it runs: nobody else can add to it. Closing it without storing leaves it as it was. */
public final class OpenConversation implements AutoCloseable {
    private final ConversationStore store;
    private final Leases leases;
    private final Leases.Lease lease;
    private final StorageQuota quota;
    private final Tokenizer tokenizer;
    private History history = History.NONE;
    private List<Message> added = List.of();
    private boolean stored;

    OpenConversation(
            ConversationStore store, Leases leases, Leases.Lease lease, StorageQuota quota, Tokenizer tokenizer) {
        this.store = store;
        this.leases = leases;
        this.lease = lease;
        this.quota = quota;
        this.tokenizer = tokenizer;
    }

    /** The turn that has answered this request by now, while this one waited. */
    public Optional<StoredTurn> answered() {
        return store.answered(lease.conversation());
    }

    /**
     * What the model is told: the history, then what is new in the request's messages.
     *
     * @throws ConversationException when the request does not go on from the history, or its answer could not be stored because
     *     the caller's conversations are above their limit
     */
    public List<Message> buildPrompt(List<Message> asked, HistoryLimits bounds) {
        quota.requireNotExceeded(lease.conversation().caller());
        history = store.history(lease.conversation(), new History.Window(bounds, asked));
        HistoryMerge continuation = HistoryMerge.of(history, asked, bounds, tokenizer);
        added = continuation.newMessages();
        return continuation.prompt();
    }

    /**
     * Stores what was said without being asked, and gives the floor up.
     *
     * @throws ConversationException also when the caller's conversations are above their limit
     */
    public void append(StoredTurn turn) {
        ConversationRef entry = lease.conversation();
        quota.requireNotExceeded(entry.caller());
        Conversation conversation =
                store.find(entry.caller(), entry.id()).orElseThrow(() -> ConversationException.notFound(entry.id()));
        store.store(lease, store.historyTail(conversation), turn);
        stored = true;
    }

    /**
     * Stores the turn and gives the floor up, both or neither.
     *
     * @param id of the completion
     * @param created seconds since 1970
     * @param model as the caller asked for it
     * @throws ConversationException when nothing was stored
     */
    public void store(String id, long created, String model, StoredTurn.Answer answer) {
        store.store(lease, history, new StoredTurn(id, created, model, added, answer));
        stored = true;
    }

    /** Gives the floor up. When that cannot be told to the database, the lease ends by itself. */
    @Override
    public void close() {
        leases.stopRenewing(lease);
        if (!stored) {
            try {
                leases.release(lease);
            } catch (DatabaseUnavailableException e) {
                // the log has it
            }
        }
    }
}
