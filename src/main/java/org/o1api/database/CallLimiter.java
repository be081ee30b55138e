package org.o1api.database;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Limits how many threads an unresponsive database can block. At most as many database calls run at once as there are
 * connections. The other calls wait for a slot, but only as long as calls start or end: a burst of calls to a healthy
 * database waits as long as necessary.
 */
final class CallLimiter {
    /** If no call starts or ends for this long, the database counts as unresponsive. */
    private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long POLL_MILLIS = 100;

    private final Semaphore slots;
    private volatile long progressNanos = System.nanoTime();

    CallLimiter(int calls) {
        slots = new Semaphore(calls);
    }

    /**
     * Acquires a slot. The caller must {@link #release} it.
     *
     * @param down whether the database is known to be unreachable; then the call does not wait
     * @return false if no slot is free and the database does not respond
     */
    boolean acquire(BooleanSupplier down) {
        try {
            boolean acquired = slots.tryAcquire();
            while (!acquired && !down.getAsBoolean() && System.nanoTime() - progressNanos < STALL_NANOS) {
                acquired = slots.tryAcquire(POLL_MILLIS, TimeUnit.MILLISECONDS);
            }
            if (acquired) {
                progressNanos = System.nanoTime();
            }
            return acquired;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    void release() {
        progressNanos = System.nanoTime();
        slots.release();
    }
}
