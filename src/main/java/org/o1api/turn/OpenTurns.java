package org.o1api.turn;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.o1api.llm.ErrorCode;
import org.o1api.reasoning.TurnException;
import org.o1api.upstream.Cancellation;

/** The turns that run: within their limits, and none any more when the gateway has stopped. */
final class OpenTurns {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final TurnLimits limits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    /** By what is one and the same for a turn, whatever it is told to say. */
    private final Map<Cancellation, Turn> turns = new HashMap<>();

    private final Map<String, Integer> byCaller = new HashMap<>();
    private volatile boolean stopping;

    OpenTurns(TurnLimits limits) {
        this.limits = limits;
    }

    /** Lets a turn begin, or fails where there is no room for it. */
    void begin(Turn turn) {
        lock.lock();
        try {
            if (stopping) {
                throw new TurnException(
                        ErrorCode.SHUTTING_DOWN,
                        "The gateway is stopping. Ask again, elsewhere or later.",
                        RETRY_AFTER);
            }
            if (turns.size() >= limits.all()) {
                throw new TurnException(
                        ErrorCode.OVERLOADED,
                        "The gateway runs as many turns as it may, " + limits.all()
                                + " (limits.turns). Try again shortly.",
                        RETRY_AFTER);
            }
            if (byCaller.getOrDefault(turn.caller(), 0) >= limits.perCaller()) {
                throw new TurnException(
                        ErrorCode.RATE_LIMIT_EXCEEDED,
                        "This key has as many turns open as it may, " + limits.perCaller()
                                + " (limits.turns_per_caller). Wait for one to end.",
                        RETRY_AFTER);
            }
            turns.put(turn.cancellation(), turn);
            byCaller.merge(turn.caller(), 1, Integer::sum);
        } finally {
            lock.unlock();
        }
    }

    void end(Turn turn) {
        lock.lock();
        try {
            if (turns.remove(turn.cancellation()) != null) {
                byCaller.computeIfPresent(turn.caller(), (caller, count) -> count == 1 ? null : count - 1);
                ended.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    boolean stopping() {
        return stopping;
    }

    /** Lets no turn begin any more. Gives whether any could until now. */
    boolean stop() {
        lock.lock();
        try {
            boolean first = !stopping;
            stopping = true;
            return first;
        } finally {
            lock.unlock();
        }
    }

    List<Turn> all() {
        lock.lock();
        try {
            return List.copyOf(turns.values());
        } finally {
            lock.unlock();
        }
    }

    /** Waits until no turn runs, but no longer than so long. */
    void awaitNone(Duration limit) {
        long left = limit.toNanos();
        lock.lock();
        try {
            while (!turns.isEmpty() && left > 0) {
                left = ended.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
