package org.o1api.upstream;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What so many may have at once, and the line of those that wait for one of them: first come, first served. */
public final class Places {
    /** How asking for a place ends. */
    public enum Outcome {
        TAKEN,
        LINE_FULL,
        TOO_LATE
    }

    private final int longestLine;
    private final ArrayDeque<Waiter> line = new ArrayDeque<>();
    private int free;

    /**
     * Places that are free.
     *
     * @param longestLine how many may wait for one
     */
    public Places(int places, int longestLine) {
        this.longestLine = longestLine;
        free = places;
    }

    /**
     * Takes a place, once there is one.
     *
     * @throws UpstreamException when the turn was cancelled in the line
     */
    public Outcome take(Cancellation cancellation, Duration patience) {
        Waiter waiter = new Waiter();
        synchronized (line) {
            if (free > 0) { // nobody waits then
                free--;
                return Outcome.TAKEN;
            }
            if (line.size() >= longestLine) {
                return Outcome.LINE_FULL;
            }
            line.add(waiter);
        }
        Runnable uncancel = cancellation.onCancel(waiter.awake::countDown);
        try {
            waiter.awake.await(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            uncancel.run();
        }
        synchronized (line) {
            if (waiter.served) {
                return Outcome.TAKEN;
            }
            line.remove(waiter);
        }
        cancellation.throwIfCancelled();
        return Outcome.TOO_LATE;
    }

    /** Gives a place back, to who has waited longest. */
    public void giveBack() {
        synchronized (line) {
            Waiter next = line.poll();
            if (next == null) {
                free++;
            } else {
                next.served = true;
                next.awake.countDown();
            }
        }
    }

    /** How many wait. */
    int waiting() {
        synchronized (line) {
            return line.size();
        }
    }

    private static final class Waiter {
        private final CountDownLatch awake = new CountDownLatch(1);
        private boolean served;
    }
}
