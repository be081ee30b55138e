package org.o1api.turn;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.ConversationException;
import org.o1api.conversation.ConversationId;
import org.o1api.conversation.Conversations;
import org.o1api.conversation.Entry;
import org.o1api.conversation.OpenConversation;
import org.o1api.conversation.StoredTurn;
import org.o1api.llm.ErrorCode;
import org.o1api.upstream.Cancellation;

/**
 * The floor of each conversation, which one turn has at a time: on this node whoever waits longest gets it next, and among
 * nodes whoever asks first when the lease is free.
 */
public final class Floor {
    private static final long FIRST_WAIT_MILLIS = 10;
    private static final long LONGEST_WAIT_MILLIS = 250;

    private final Conversations conversations;
    private final Duration patience;

    /** Those that wait; there is a line for as long as somebody has the floor. */
    private final Map<Name, ArrayDeque<Waiter>> lines = new HashMap<>();

    /** The floors of conversations, for which a turn waits so long. */
    public Floor(Conversations conversations, Duration patience) {
        this.conversations = conversations;
        this.patience = patience;
    }

    private record Name(String caller, String id) {}

    private static final class Waiter {
        private final CountDownLatch awake = new CountDownLatch(1);
        private boolean served;
    }

    /** What a turn does with the floor. */
    public interface Work<T> {
        T with(OpenConversation conversation);
    }

    /** The turn that answered this request already; see {@link Conversations#answered}. */
    public Optional<StoredTurn> answered(Entry entry) {
        return conversations.answered(entry);
    }

    /**
     * Has the floor while something is done.
     *
     * @throws ConversationException when another turn has it for too long
     */
    public <T> T take(Entry entry, Cancellation cancellation, Work<T> work) {
        long deadline = System.nanoTime() + patience.toNanos();
        Name name = new Name(entry.caller(), entry.id());
        queue(name, cancellation, deadline);
        try (OpenConversation conversation = open(entry, cancellation, deadline)) {
            return work.with(conversation);
        } finally {
            next(name);
        }
    }

    private void queue(Name name, Cancellation cancellation, long deadline) {
        Waiter waiter = new Waiter();
        synchronized (lines) {
            @Nullable ArrayDeque<Waiter> line = lines.get(name);
            if (line == null) {
                lines.put(name, new ArrayDeque<>());
                return;
            }
            line.add(waiter);
        }
        Runnable uncancel = cancellation.onCancel(waiter.awake::countDown);
        try {
            waiter.awake.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            uncancel.run();
        }
        synchronized (lines) {
            if (waiter.served) {
                return;
            }
            ArrayDeque<Waiter> line = lines.get(name);
            if (line != null) {
                line.remove(waiter);
            }
        }
        cancellation.throwIfCancelled();
        throw busy();
    }

    private void next(Name name) {
        synchronized (lines) {
            ArrayDeque<Waiter> line = lines.get(name);
            Waiter next = line == null ? null : line.poll();
            if (next == null) {
                lines.remove(name);
            } else {
                next.served = true;
                next.awake.countDown();
            }
        }
    }

    private OpenConversation open(Entry entry, Cancellation cancellation, long deadline) {
        long wait = FIRST_WAIT_MILLIS;
        while (true) {
            cancellation.throwIfCancelled();
            Optional<OpenConversation> opened = conversations.tryOpen(entry);
            if (opened.isPresent()) {
                return opened.get();
            }
            if (System.nanoTime() - deadline >= 0) {
                throw busy();
            }
            cancellation.sleep(Duration.ofMillis(ThreadLocalRandom.current().nextLong(wait / 2, wait + 1)));
            wait = Math.min(wait * 2, LONGEST_WAIT_MILLIS);
        }
    }

    private ConversationException busy() {
        return new ConversationException(
                ErrorCode.CONVERSATION_BUSY,
                ConversationId.FIELD,
                "Another turn of this conversation has been running for " + patience.toSeconds()
                        + " s and more (conversations.wait). Wait for its answer, then ask again.");
    }
}
