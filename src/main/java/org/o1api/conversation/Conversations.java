package org.o1api.conversation;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.o1api.database.Database;
import org.o1api.database.DatabaseUnavailableException;
import org.o1api.model.Message;
import org.o1api.model.PeriodicTask;

/** Entry point of the conversation package: the store, the leases and their background maintenance. */
public final class Conversations {
    private static final Duration RETENTION_PERIOD = Duration.ofMinutes(1);

    private final Database database;
    private final ConversationSettings settings;
    private final StorageQuota quota;
    private final ConversationStore store;
    private final ResponseStore responses;
    private final TurnWriter writer;
    private final SharedKey reasoningKey;
    private final Leases leases;
    private final Retention retention;
    private final Tokenizer tokenizer;

    public Conversations(Database database, ConversationSettings settings, Tokenizer tokenizer) {
        this.database = database;
        this.settings = settings;
        this.tokenizer = tokenizer;
        quota = new StorageQuota(database, settings.maxBytesPerCaller());
        ConversationDeleter deleter = new ConversationDeleter(database);
        LargeTurns largeTurns = new LargeTurns(LargeTurns.MAX_WAIT);
        store = new ConversationStore(database, quota, deleter, largeTurns);
        responses = new ResponseStore(database, quota);
        writer = new TurnWriter(database, quota, largeTurns);
        reasoningKey = new SharedKey(database);
        leases = new Leases(database, settings.leaseDuration());
        retention = new Retention(database, deleter);
    }

    /**
     * Starts the background maintenance: opens the database, reconnects after a failure, renews the leases of this node
     * and deletes old conversations. It ends with the scheduler.
     *
     * @param scheduler its threads may block and are not interrupted; it needs three threads, so that no task waits for
     *     another
     */
    public void startMaintenance(ScheduledExecutorService scheduler) {
        database.startMonitoring(scheduler);
        start("leases", settings.leaseDuration().dividedBy(3), leases::renew, scheduler);
        start("retention", RETENTION_PERIOD, () -> runRetention(scheduler::isShutdown), scheduler);
    }

    private static void start(String name, Duration period, Runnable task, ScheduledExecutorService scheduler) {
        Runnable guardedTask = () -> {
            try {
                task.run();
            } catch (DatabaseUnavailableException e) {
                // the database is unavailable: it is logged, and the next run may succeed
            }
        };
        PeriodicTask.start(name, Duration.ZERO, period, guardedTask, scheduler);
    }

    private void runRetention(BooleanSupplier stop) {
        retention.run(settings, stop);
        leases.deleteExpired();
    }

    /** Whether the database is not known to be unavailable. */
    public boolean isAvailable() {
        return database.isAvailable();
    }

    public ConversationStore store() {
        return store;
    }

    public ResponseStore responses() {
        return responses;
    }

    /**
     * A random key of 32 bytes in base64, for the reasoning that clients store. All nodes of the database share it.
     *
     * @return empty if the key is not known yet and the database is unavailable
     */
    public Optional<String> reasoningKey() {
        return reasoningKey.get();
    }

    /**
     * The stored turn of an earlier request with the same idempotency key; empty if there is none.
     *
     * @throws ConversationException if the key belongs to a different request, or to one that is still running
     */
    public Optional<StoredTurn> findAnsweredTurn(ConversationRef ref) {
        if (ref.idempotencyKey() == null) {
            return Optional.empty();
        }
        leases.rejectIfKeyInFlight(ref); // before the look-up: a turn that ends in between is found there
        return store.findAnsweredTurn(ref);
    }

    /**
     * The prompt of a turn that is not stored, with what is stored now. It needs no exclusive access, so it waits for no other turn.
     *
     * @param before messages before the history
     * @throws ConversationException if the request contradicts the history, or the turn to continue does not exist
     */
    public List<Message> unstoredPrompt(
            ConversationRef ref, List<Message> before, List<Message> request, HistoryLimits limits) {
        History history = store.history(ref, new History.Window(limits, request));
        return HistoryMerge.of(history, before, request, limits, tokenizer).prompt();
    }

    /**
     * The prompt of a turn that continues nothing and is not stored. It is the same as if it was stored.
     *
     * @param before messages before those of the request
     */
    public static List<Message> unstoredPrompt(List<Message> before, List<Message> request) {
        return HistoryMerge.accepted(
                Stream.concat(before.stream(), request.stream()).toList());
    }

    /** Opens a conversation for a turn; empty if another turn has it open. */
    public Optional<OpenConversation> tryOpen(ConversationRef ref) {
        Leases.Lease lease = leases.newLease(ref);
        // Created before the lease is acquired: an OutOfMemoryError after that would leave the lease unreleased.
        Optional<OpenConversation> open =
                Optional.of(new OpenConversation(store, writer, leases, lease, quota, tokenizer));
        return leases.tryAcquire(lease) ? open : Optional.empty();
    }
}
