package org.o1api.turn;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.o1api.conversation.ConversationException;
import org.o1api.conversation.ConversationId;
import org.o1api.conversation.ConversationRef;
import org.o1api.conversation.Conversations;
import org.o1api.conversation.OpenConversation;
import org.o1api.conversation.StoredTurn;
import org.o1api.model.Cancellation;
import org.o1api.model.CancelledException;
import org.o1api.model.ConcurrencyLimiter;
import org.o1api.model.ErrorCode;

/**
 * The floor of each conversation, which one turn has at a time: on this node whoever waits longest gets it next, and among
 * nodes whoever asks first when the lease is free.
 */
public final class ConversationLock {
    private static final long FIRST_WAIT_MILLIS = 10;
    private static final long LONGEST_WAIT_MILLIS = 250;

    private final Conversations conversations;
    private final Duration patience;

    /** The lines of this node; there is one for as long as somebody has the floor, or waits for it. */
    private final Map<Name, Line> lines = new HashMap<>();

    /** The floors of conversations, for which a turn waits so long. */
    public ConversationLock(Conversations conversations, Duration patience) {
        this.conversations = conversations;
        this.patience = patience;
    }

    private record Name(String caller, String id) {}

    private static final class Line {
        private final ConcurrencyLimiter floor = new ConcurrencyLimiter(1, Integer.MAX_VALUE);
        private int length;
    }

    /** What a turn does with the floor. */
    public interface Action<T> {
        T run(OpenConversation conversation);
    }

    /** The turn that answered this request already; see {@link Conversations#answered}. */
    public Optional<StoredTurn> findAnswer(ConversationRef entry) {
        return conversations.answered(entry);
    }

    /**
     * Has the floor while something is done.
     *
     * @throws ConversationException when another turn has it for too long
     */
    public <T> T withLock(ConversationRef entry, Cancellation cancellation, Action<T> work) {
        long deadline = System.nanoTime() + patience.toNanos();
        Name name = new Name(entry.caller(), entry.id());
        Line line = enter(name);
        try {
            switch (line.floor.acquire(name.caller(), cancellation, patience)) {
                case ACQUIRED -> {}
                case QUEUE_FULL, TIMED_OUT -> throw busy();
                case INTERRUPTED ->
                    throw new CancelledException(
                            ErrorCode.SHUTTING_DOWN,
                            "The gateway is stopping. Retry shortly, or use another instance.",
                            null);
            }
            try (OpenConversation conversation = open(entry, cancellation, deadline)) {
                return work.run(conversation);
            } finally {
                line.floor.release();
            }
        } finally {
            leave(name, line);
        }
    }

    private Line enter(Name name) {
        synchronized (lines) {
            Line line = lines.computeIfAbsent(name, unused -> new Line());
            line.length++;
            return line;
        }
    }

    private void leave(Name name, Line line) {
        synchronized (lines) {
            if (--line.length == 0) {
                lines.remove(name);
            }
        }
    }

    private OpenConversation open(ConversationRef entry, Cancellation cancellation, long deadline) {
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
                "Another request of this conversation is still running after a wait of " + patience.toSeconds()
                        + " s (conversations.wait). Wait for its answer, then retry.");
    }
}
