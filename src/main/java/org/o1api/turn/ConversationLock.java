package org.o1api.turn;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.ConversationException;
import org.o1api.conversation.ConversationRef;
import org.o1api.conversation.Conversations;
import org.o1api.conversation.OpenConversation;
import org.o1api.model.Cancellation;
import org.o1api.model.CancelledException;
import org.o1api.model.ConcurrencyLimiter;
import org.o1api.model.TurnId;

/**
 * Serializes the turns of a conversation: first in, first out on this node; across nodes, in the order in which they find the
 * conversation's lease free.
 */
public final class ConversationLock {
    private static final long FIRST_WAIT_MILLIS = 10;
    private static final long MAX_WAIT_MILLIS = 250;

    private final Conversations conversations;
    private final Duration maxWait;

    /** The queues of this node. A queue exists while a turn holds the lock or waits for it. */
    private final Map<Key, Queue> queues = new HashMap<>();

    /**
     * Creates the locks of all conversations.
     *
     * @param maxWait how long a turn waits for its lock
     */
    public ConversationLock(Conversations conversations, Duration maxWait) {
        this.conversations = conversations;
        this.maxWait = maxWait;
    }

    Conversations conversations() {
        return conversations;
    }

    private record Key(String caller, String id) {}

    private static final class Queue {
        private final ConcurrencyLimiter lock = new ConcurrencyLimiter(1, Integer.MAX_VALUE);
        private int users;
    }

    /** A conversation's lock, held by one turn until it is closed. */
    public final class Held implements AutoCloseable {
        private final Key key;
        private final Queue queue;
        private boolean acquired;
        private @Nullable OpenConversation conversation;

        private Held(Key key) {
            this.key = key;
            queue = enter(key);
        }

        public OpenConversation conversation() {
            return Objects.requireNonNull(conversation);
        }

        private void acquire(ConversationRef ref, Cancellation cancellation) {
            long deadline = System.nanoTime() + maxWait.toNanos();
            switch (queue.lock.acquire(key.caller(), cancellation, maxWait)) {
                case ACQUIRED -> acquired = true;
                case QUEUE_FULL, TIMED_OUT -> throw busy();
                case INTERRUPTED -> throw CancelledException.interrupted(null);
            }
            conversation = open(ref, cancellation, deadline);
        }

        @Override
        public void close() {
            try {
                if (conversation != null) {
                    conversation.close();
                }
            } finally {
                if (acquired) {
                    queue.lock.release();
                }
                leave(key, queue);
            }
        }
    }

    /**
     * Waits for a conversation's lock.
     *
     * @throws CancelledException if cancelled, or if the gateway is stopping
     * @throws ConversationException if another turn holds the lock for too long
     */
    public Held acquire(ConversationRef ref, Cancellation cancellation) {
        // A turn that excludes no others has a queue of its own.
        Held held = new Held(new Key(ref.caller(), ref.isExclusive() ? ref.id() : TurnId.random()));
        boolean acquired = false;
        try {
            held.acquire(ref, cancellation);
            acquired = true;
            return held;
        } finally {
            if (!acquired) { // also after an Error
                held.close();
            }
        }
    }

    private Queue enter(Key key) {
        synchronized (queues) {
            Queue queue = queues.computeIfAbsent(key, unused -> new Queue());
            queue.users++;
            return queue;
        }
    }

    private void leave(Key key, Queue queue) {
        synchronized (queues) {
            if (--queue.users == 0) {
                queues.remove(key);
            }
        }
    }

    private OpenConversation open(ConversationRef ref, Cancellation cancellation, long deadline) {
        long wait = FIRST_WAIT_MILLIS;
        while (true) {
            cancellation.throwIfCancelled();
            Optional<OpenConversation> opened = conversations.tryOpen(ref);
            if (opened.isPresent()) {
                return opened.get();
            }
            if (System.nanoTime() - deadline >= 0) {
                throw busy();
            }
            cancellation.sleep(Duration.ofMillis(ThreadLocalRandom.current().nextLong(wait / 2, wait + 1)));
            wait = Math.min(wait * 2, MAX_WAIT_MILLIS);
        }
    }

    private ConversationException busy() {
        return new ConversationException(
                ConversationException.Reason.BUSY,
                "Another request of this conversation is still running after a wait of " + maxWait.toSeconds()
                        + " s (conversations.wait).");
    }
}
