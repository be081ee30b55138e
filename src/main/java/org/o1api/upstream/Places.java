package org.o1api.upstream;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.o1api.llm.ErrorCode;

/** The calls that an upstream may have at once, and the line of those that wait for one to end: first come, first served. */
final class Places {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final int places;
    private final int longestLine;
    private final ArrayDeque<Waiter> line = new ArrayDeque<>();
    private int free;

    Places(int places, int longestLine) {
        this.places = places;
        this.longestLine = longestLine;
        free = places;
    }

    /**
     * Takes a place, once there is one.
     *
     * @throws UpstreamException when the line is too long, the wait was, or the turn was cancelled in it
     */
    void take(Cancellation cancellation, Duration patience) {
        Waiter waiter = new Waiter();
        synchronized (line) {
            if (free > 0) { // nobody waits then
                free--;
                return;
            }
            if (line.size() >= longestLine) {
                throw refusal(
                        ErrorCode.RATE_LIMIT_EXCEEDED,
                        "The model's provider has all " + places + " calls that it may have, and " + longestLine
                                + " more wait already. Try again shortly.");
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
                return;
            }
            line.remove(waiter);
        }
        cancellation.throwIfCancelled();
        throw refusal(
                ErrorCode.OVERLOADED,
                "The model's provider has had all " + places + " calls that it may have for " + Failures.text(patience)
                        + ". Try again shortly.");
    }

    /** Gives a place back, to who has waited longest. */
    void giveBack() {
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

    private static UpstreamException refusal(ErrorCode code, String message) {
        return new UpstreamException(code, message, false, RETRY_AFTER, 0, null);
    }

    private static final class Waiter {
        private final CountDownLatch awake = new CountDownLatch(1);
        private boolean served;
    }
}
