package org.o1api.model;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A fair, cancellable semaphore with a bounded wait queue. A released permit goes to the callers in rotation, and among a caller's
 * waiters to the longest waiting one. If the queue is full, a newcomer displaces the newest waiter of the caller with the most
 * waiters, unless that caller would then have fewer than the newcomer's. Safe for concurrent use.
 */
public final class ConcurrencyLimiter {
    /** How {@link #acquire} ended. */
    public enum Outcome {
        ACQUIRED,
        /** The wait queue is full, or another caller's waiter displaced this one. */
        QUEUE_FULL,
        TIMED_OUT,
        /** The thread was interrupted; its interrupt status is set. */
        INTERRUPTED
    }

    private enum State {
        WAITING,
        ACQUIRED,
        DISPLACED,
        LEFT
    }

    private final int maxWaiting;

    /** The callers with waiters, the next one to be served first. Its monitor guards all state. */
    private final ArrayDeque<CallerQueue> rotation = new ArrayDeque<>();

    private int waiting;
    private int available;

    /**
     * Creates a limiter with all permits available.
     *
     * @param maxWaiting the capacity of the wait queue
     */
    public ConcurrencyLimiter(int permits, int maxWaiting) {
        this.maxWaiting = maxWaiting;
        available = permits;
    }

    /**
     * Acquires a permit, waiting if none is available. The caller must {@link #release} it if, and only if, the outcome is {@link
     * Outcome#ACQUIRED}.
     *
     * @throws CancelledException if cancelled while waiting
     */
    public Outcome acquire(String caller, Cancellation cancellation, Duration timeout) {
        Waiter waiter;
        synchronized (rotation) {
            if (available > 0) { // then the queue is empty
                available--;
                return Outcome.ACQUIRED;
            }
            waiter = enqueue(caller);
        }
        if (waiter == null) {
            return Outcome.QUEUE_FULL;
        }
        State state = State.WAITING;
        boolean interrupted = false;
        boolean awaited = false;
        try {
            interrupted = await(waiter, cancellation, timeout);
            awaited = true;
        } finally {
            state = leave(waiter);
            if (state == State.ACQUIRED && !awaited) { // an exception is thrown: no one else would release it
                release();
            }
        }
        if (state == State.ACQUIRED) {
            return Outcome.ACQUIRED;
        }
        cancellation.throwIfCancelled();
        if (state == State.DISPLACED) {
            return Outcome.QUEUE_FULL;
        }
        return interrupted ? Outcome.INTERRUPTED : Outcome.TIMED_OUT;
    }

    /**
     * Waits until the waiter is served, displaced or cancelled, or the timeout expires, and returns whether the thread was
     * interrupted.
     */
    private static boolean await(Waiter waiter, Cancellation cancellation, Duration timeout) {
        Runnable removeCancelAction = cancellation.onCancel(waiter.wakeUp::countDown);
        try {
            boolean unused = waiter.wakeUp.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        } finally {
            removeCancelAction.run();
        }
    }

    /** Returns a permit. Allocates nothing, so that it also works when out of memory. */
    public void release() {
        synchronized (rotation) {
            CallerQueue queue = rotation.poll();
            if (queue == null) {
                available++;
                return;
            }
            Waiter next = queue.waiters.remove();
            if (!queue.waiters.isEmpty()) {
                rotation.add(queue);
            }
            end(next, State.ACQUIRED);
        }
    }

    /** Enqueues a new waiter; null if the queue is full. */
    private @Nullable Waiter enqueue(String caller) {
        CallerQueue callersQueue = queueOf(caller);
        if (waiting >= maxWaiting && !displaceFor(callersQueue == null ? 0 : callersQueue.waiters.size())) {
            return null;
        }
        Waiter waiter = new Waiter(callersQueue == null ? new CallerQueue(caller) : callersQueue);
        waiter.queue.waiters.add(waiter);
        if (callersQueue == null) {
            rotation.add(waiter.queue);
        }
        waiting++;
        return waiter;
    }

    private @Nullable CallerQueue queueOf(String caller) {
        for (CallerQueue queue : rotation) {
            if (queue.caller.equals(caller)) {
                return queue;
            }
        }
        return null;
    }

    /**
     * Displaces the newest waiter of the caller with the most waiters, unless that caller would then have fewer than the
     * newcomer's.
     */
    private boolean displaceFor(int newcomersWaiters) {
        CallerQueue longest = null;
        for (CallerQueue queue : rotation) {
            if (longest == null || queue.waiters.size() > longest.waiters.size()) {
                longest = queue;
            }
        }
        if (longest == null || longest.waiters.size() < newcomersWaiters + 2) {
            return false;
        }
        end(longest.waiters.removeLast(), State.DISPLACED);
        return true;
    }

    private void end(Waiter waiter, State state) {
        waiting--;
        waiter.state = state;
        waiter.wakeUp.countDown();
    }

    /** Returns how the wait ended, and ends it if it has not. */
    private State leave(Waiter waiter) {
        synchronized (rotation) {
            if (waiter.state == State.WAITING) {
                CallerQueue queue = waiter.queue;
                queue.waiters.remove(waiter);
                if (queue.waiters.isEmpty()) {
                    rotation.remove(queue);
                }
                end(waiter, State.LEFT);
            }
            return waiter.state;
        }
    }

    /** The number of waiters. */
    public int queueLength() {
        synchronized (rotation) {
            return waiting;
        }
    }

    public int availablePermits() {
        synchronized (rotation) {
            return available;
        }
    }

    /** The waiters of one caller, the longest waiting one first. */
    private static final class CallerQueue {
        private final String caller;
        private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();

        CallerQueue(String caller) {
            this.caller = caller;
        }
    }

    private static final class Waiter {
        private final CallerQueue queue;
        private final CountDownLatch wakeUp = new CountDownLatch(1);
        private State state = State.WAITING;

        Waiter(CallerQueue queue) {
            this.queue = queue;
        }
    }
}
