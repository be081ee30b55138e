package org.o1api.conversation;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** All conversations: their store, their leases, and what keeps both in order. */
public final class Conversations {
    private static final System.Logger LOG = System.getLogger(Conversations.class.getName());
    private static final Duration PURGE = Duration.ofMinutes(1);

    private final ConversationSettings settings;
    private final ConversationStore store;
    private final Leases leases;
    private final Purge purge;
    private final Tokenizer tokenizer;

    public Conversations(Database database, ConversationSettings settings, Tokenizer tokenizer) {
        this.settings = settings;
        this.tokenizer = tokenizer;
        store = new ConversationStore(database);
        leases = new Leases(database, settings.lease());
        purge = new Purge(database);
    }

    /**
     * Keeps order from now on: opens the database, renews the leases of this node and deletes what is old.
     *
     * @param scheduler whose thread may block, and is not interrupted
     */
    public void keepOrder(ScheduledExecutorService scheduler) {
        every(settings.lease().dividedBy(3), leases::renew, scheduler);
        every(PURGE, this::purge, scheduler);
    }

    private static void every(Duration time, Runnable task, ScheduledExecutorService scheduler) {
        Runnable quietly = () -> {
            try {
                task.run();
            } catch (ConversationException e) {
                // the log has it, and the next time may do better
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "the conversations could not be kept in order", e);
            }
        };
        var unused = scheduler.scheduleWithFixedDelay(quietly, 0, time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void purge() {
        int purged = purge.unused(settings.timeToLive()) + purge.beyond(settings.perCaller());
        leases.purge();
        if (purged > 0) {
            LOG.log(Level.INFO, "{0} conversations were deleted: too old, or more than their caller may have", purged);
        }
    }

    public ConversationStore store() {
        return store;
    }

    /**
     * The turn that answered this request already, when it came before under the same idempotency key.
     *
     * @throws ConversationException when the key belongs to another request, or to one that still runs
     */
    public Optional<StoredTurn> answered(Entry entry) {
        if (entry.idempotency() == null) {
            return Optional.empty();
        }
        leases.refuseSameKey(entry); // first: a turn that ends in between is found by what follows
        return store.answered(entry);
    }

    /** Opens a conversation for a turn, if no other has it open. */
    public Optional<OpenConversation> tryOpen(Entry entry) {
        return leases.tryTake(entry).map(lease -> new OpenConversation(store, leases, lease, tokenizer));
    }
}
