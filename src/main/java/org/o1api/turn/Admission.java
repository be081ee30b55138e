package org.o1api.turn;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.o1api.model.Cancellation;
import org.o1api.model.ErrorCode;
import org.o1api.reasoning.TurnException;

/** Admits requests (turns and conversation requests) up to the concurrency limits, and none while the gateway is stopping. */
public final class Admission {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final TurnLimits limits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private final Set<Ticket> admitted = new HashSet<>();
    private final Map<String, Integer> byCaller = new HashMap<>();
    private volatile boolean stopping;

    public Admission(TurnLimits limits) {
        this.limits = limits;
    }

    /** The right of an admitted request to run. */
    public final class Ticket implements AutoCloseable {
        private final String caller;
        private final Cancellation cancellation;
        private final Runnable onRelease;

        private Ticket(String caller, Cancellation cancellation, Runnable onRelease) {
            this.caller = caller;
            this.cancellation = cancellation;
            this.onRelease = onRelease;
        }

        /** Cancels the request; also cancelled if it is still running when the gateway has to stop. */
        public Cancellation cancellation() {
            return cancellation;
        }

        /** Gives the right back. Has no effect if that was done already. */
        @Override
        public void close() {
            release(this);
        }
    }

    /**
     * Admits a request.
     *
     * @param onRelease runs when the ticket is released, possibly more than once: releases what the request holds besides
     * @throws TurnException if the gateway or the caller is at its limit, or the gateway is stopping
     */
    public Ticket admit(String caller, Runnable onRelease) {
        Ticket ticket = new Ticket(caller, new Cancellation(), onRelease);
        lock.lock();
        try {
            if (stopping) {
                throw new TurnException(
                        ErrorCode.SHUTTING_DOWN,
                        "The gateway is stopping. Retry shortly, or use another instance.",
                        RETRY_AFTER);
            }
            if (admitted.size() >= limits.maxConcurrent()) {
                throw new TurnException(
                        ErrorCode.OVERLOADED,
                        "The gateway is at its limit of " + limits.maxConcurrent()
                                + " concurrent requests (limits.turns). Retry shortly.",
                        RETRY_AFTER);
            }
            if (byCaller.getOrDefault(caller, 0) >= limits.maxConcurrentPerCaller()) {
                throw new TurnException(
                        ErrorCode.RATE_LIMIT_EXCEEDED,
                        "This API key is at its limit of " + limits.maxConcurrentPerCaller()
                                + " concurrent requests (limits.turns_per_caller). Wait for one to end.",
                        RETRY_AFTER);
            }
            byCaller.merge(caller, 1, Integer::sum);
            boolean added = false;
            try {
                added = admitted.add(ticket);
            } finally {
                if (!added) { // e.g. OutOfMemoryError
                    removeFromCaller(caller);
                }
            }
            return ticket;
        } finally {
            lock.unlock();
        }
    }

    private void removeFromCaller(String name) {
        byCaller.computeIfPresent(name, (caller, count) -> count == 1 ? null : count - 1);
    }

    private void release(Ticket ticket) {
        try {
            ticket.onRelease.run();
        } finally {
            remove(ticket);
        }
    }

    private void remove(Ticket ticket) {
        lock.lock();
        try {
            if (admitted.remove(ticket)) {
                removeFromCaller(ticket.caller);
                if (admitted.isEmpty()) {
                    idle.signalAll();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    boolean isStopping() {
        return stopping;
    }

    /** Rejects all requests from now on. Returns whether this is the first call. */
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

    /** The cancellations of the running requests. */
    List<Cancellation> running() {
        lock.lock();
        try {
            return admitted.stream().map(Ticket::cancellation).toList();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until no request is running, at most for this time. */
    void awaitIdle(Duration limit) {
        long left = limit.toNanos();
        lock.lock();
        try {
            while (!admitted.isEmpty() && left > 0) {
                left = idle.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
