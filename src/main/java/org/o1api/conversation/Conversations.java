package org.o1api.conversation;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import org.o1api.database.Database;
import org.o1api.database.DatabaseUnavailableException;
import org.o1api.model.PeriodicTask;

/** All conversations: their store, their leases, and what keeps both in order. */
public final class Conversations {
    private static final Duration PURGE = Duration.ofMinutes(1);

    private final Database database;
    private final ConversationSettings settings;
    private final StorageQuota quota;
    private final ConversationStore store;
    private final Leases leases;
    private final Retention purge;
    private final Tokenizer tokenizer;

    public Conversations(Database database, ConversationSettings settings, Tokenizer tokenizer) {
        this.database = database;
        this.settings = settings;
        this.tokenizer = tokenizer;
        quota = new StorageQuota(database, settings.maxBytesPerCaller());
        Deletion deletion = new Deletion(database);
        store = new ConversationStore(database, quota, deletion);
        leases = new Leases(database, settings.lease());
        purge = new Retention(database, deletion);
    }

    /**
     * Keeps order from now on: opens the database and looks for it while it is unreachable, renews the leases of this node and
     * deletes what is old. All of it ends with the scheduler.
     *
     * @param scheduler its threads may block, and are not interrupted; it needs three, so that none of these waits for another
     */
    public void startMaintenance(ScheduledExecutorService scheduler) {
        database.startMonitoring(scheduler);
        start("leases", settings.lease().dividedBy(3), leases::renew, scheduler);
        start("purge", PURGE, () -> purge(scheduler::isShutdown), scheduler);
    }

    private static void start(String name, Duration period, Runnable task, ScheduledExecutorService scheduler) {
        Runnable reported = () -> {
            try {
                task.run();
            } catch (DatabaseUnavailableException e) {
                // the database is unreachable: the log has it, and the next run may succeed
            }
        };
        PeriodicTask.start(name, Duration.ZERO, period, reported, scheduler);
    }

    private void purge(BooleanSupplier stop) {
        purge.run(settings, stop);
        leases.deleteExpired();
    }

    public ConversationStore store() {
        return store;
    }

    /**
     * The turn that answered this request already, when it came before under the same idempotency key.
     *
     * @throws ConversationException when the key belongs to another request, or to one that still runs
     */
    public Optional<StoredTurn> answered(ConversationRef entry) {
        if (entry.idempotencyKey() == null) {
            return Optional.empty();
        }
        leases.rejectIfKeyInFlight(entry); // first: a turn that ends in between is found by what follows
        return store.answered(entry);
    }

    /** Opens a conversation for a turn, unless another turn has it open. */
    public Optional<OpenConversation> tryOpen(ConversationRef entry) {
        Leases.Lease lease = leases.newLease(entry);
        // Made before the lease is held: if there were no memory for it afterwards, nobody would end the lease.
        Optional<OpenConversation> open = Optional.of(new OpenConversation(store, leases, lease, quota, tokenizer));
        return leases.tryAcquire(lease) ? open : Optional.empty();
    }
}
