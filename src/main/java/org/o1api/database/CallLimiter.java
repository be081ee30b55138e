package org.o1api.database;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Bounds how many threads a database holds that does not answer: as many calls run at once as there are connections, and the
 * others wait only while calls come to an end. A burst at a database that works waits as long as it takes.
 */
final class CallLimiter {
    /** After this long without any call that began or ended, the database counts as hung. */
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long POLL_MILLIS = 100;

    private final Semaphore slots;
    private volatile long progressNanos = System.nanoTime();

    CallLimiter(int calls) {
        slots = new Semaphore(calls);
    }

    /**
     * Acquires a slot; {@link #release} has to follow.
     *
     * @param down whether the database is known to be unreachable: then nobody waits
     * @return false if there is no slot because the database does not answer
     */
    boolean acquire(BooleanSupplier down) {
        try {
            boolean acquired = slots.tryAcquire();
            while (!acquired && !down.getAsBoolean() && System.nanoTime() - progressNanos < SILENCE_NANOS) {
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

    /** Releases a slot. */
    void release() {
        progressNanos = System.nanoTime();
        slots.release();
    }
}
