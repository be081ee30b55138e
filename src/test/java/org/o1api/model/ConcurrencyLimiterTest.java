package org.o1api.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.model.ConcurrencyLimiter.Outcome;

class ConcurrencyLimiterTest {
    private static final Duration LONG_TIMEOUT = Duration.ofMinutes(5);

    private final ExecutorService callers = Executors.newCachedThreadPool();

    @AfterEach
    void close() {
        callers.shutdownNow();
    }

    private static ConditionFactory await() {
        return Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
    }

    /** A waiter that is in the queue, or an outcome if it did not have to wait. */
    private CompletableFuture<Outcome> waiter(ConcurrencyLimiter limiter, String caller, Cancellation cancellation) {
        int before = limiter.queueLength();
        CompletableFuture<Outcome> waiter =
                CompletableFuture.supplyAsync(() -> limiter.acquire(caller, cancellation, LONG_TIMEOUT), callers);
        await().until(() -> waiter.isDone() || limiter.queueLength() == before + 1);
        return waiter;
    }

    private CompletableFuture<Outcome> waiter(ConcurrencyLimiter limiter, String caller) {
        return waiter(limiter, caller, new Cancellation());
    }

    private static ConcurrencyLimiter limiterWithoutPermits(int maxWaiting) {
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(1, maxWaiting);
        assertThat(acquire(limiter)).isEqualTo(Outcome.ACQUIRED);
        return limiter;
    }

    private static Outcome acquire(ConcurrencyLimiter limiter) {
        return limiter.acquire("holder", new Cancellation(), Duration.ZERO);
    }

    /** The order in which waiters are served. Each letter is a caller; they arrive in the given order. */
    @ParameterizedTest
    @CsvSource({
        "a,        a0",
        "aaa,      a0 a1 a2",
        "aab,      a0 b2 a1",
        "aaaabb,   a0 b4 a1 b5 a2 a3",
        "abab,     a0 b1 a2 b3",
        "aaabbbc,  a0 b3 c6 a1 b4 a2 b5",
        "aaaaaaab, a0 b7 a1 a2 a3 a4 a5 a6"
    })
    void servesCallersInRotation(String arrivals, String served) {
        ConcurrencyLimiter limiter = limiterWithoutPermits(100);
        List<CompletableFuture<Outcome>> waiters = new ArrayList<>();
        arrivals.chars().forEach(caller -> waiters.add(waiter(limiter, Character.toString(caller))));
        List<String> order = new ArrayList<>();
        for (int i = 0; i < arrivals.length(); i++) {
            limiter.release();
            await().until(() ->
                    waiters.stream().filter(CompletableFuture::isDone).count() > order.size());
            for (int number = 0; number < waiters.size(); number++) {
                String name = arrivals.charAt(number) + "" + number;
                if (waiters.get(number).isDone() && !order.contains(name)) {
                    order.add(name);
                }
            }
            assertThat(order).hasSize(i + 1);
        }
        assertThat(String.join(" ", order)).isEqualTo(served);
        limiter.release();
        assertThat(limiter.availablePermits()).isOne();
        assertThat(limiter.queueLength()).isZero();
    }

    @Test
    void aLaterCallerWaitsForOneCallOfEachOther() {
        ConcurrencyLimiter limiter = limiterWithoutPermits(100);
        List<CompletableFuture<Outcome>> busy = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            busy.add(waiter(limiter, "busy"));
        }
        limiter.release();
        CompletableFuture<Outcome> late = waiter(limiter, "late");
        limiter.release();
        limiter.release();
        assertThat(late.join()).isEqualTo(Outcome.ACQUIRED);
        assertThat(busy.stream().filter(CompletableFuture::isDone)).hasSizeLessThanOrEqualTo(2);
    }

    /** The waiter that is displaced when a caller arrives at a full queue; {@code -}: the newcomer is rejected. */
    @ParameterizedTest
    @CsvSource({
        "aa,   b, a1",
        "aaab, b, a2",
        "aabb, c, a1",
        "abbb, c, b3",
        "abbb, a, b3",
        "aabbb, a, -",
        "aab,  b, -",
        "aa,   a, -",
        "ab,   c, -",
        "a,    b, -",
    })
    void aNewcomerDisplacesTheNewestWaiterOfTheCallerWithTheMost(String queue, String newcomer, String displaced) {
        ConcurrencyLimiter limiter = limiterWithoutPermits(queue.length());
        List<CompletableFuture<Outcome>> waiters = new ArrayList<>();
        queue.chars().forEach(caller -> waiters.add(waiter(limiter, Character.toString(caller))));
        CompletableFuture<Outcome> late = CompletableFuture.supplyAsync(
                () -> limiter.acquire(newcomer, new Cancellation(), LONG_TIMEOUT), callers);
        if (displaced.equals("-")) {
            assertThat(late.join()).isEqualTo(Outcome.QUEUE_FULL);
            assertThat(waiters).noneMatch(CompletableFuture::isDone);
        } else {
            int number = Integer.parseInt(displaced.substring(1));
            assertThat(waiters.get(number).join()).isEqualTo(Outcome.QUEUE_FULL);
            assertThat(waiters.stream().filter(CompletableFuture::isDone)).hasSize(1);
        }
        assertThat(limiter.queueLength()).isEqualTo(queue.length());
        for (int i = 0; i <= queue.length(); i++) {
            limiter.release();
        }
        assertThat(limiter.availablePermits()).isOne();
    }

    @Test
    void rejectsImmediatelyWithoutAQueue() {
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(2, 0);
        acquire(limiter);
        acquire(limiter);
        assertThat(limiter.acquire("a", new Cancellation(), LONG_TIMEOUT)).isEqualTo(Outcome.QUEUE_FULL);
        limiter.release();
        assertThat(limiter.acquire("a", new Cancellation(), LONG_TIMEOUT)).isEqualTo(Outcome.ACQUIRED);
    }

    @Test
    void timesOut() {
        ConcurrencyLimiter limiter = limiterWithoutPermits(1);
        assertThat(limiter.acquire("a", new Cancellation(), Duration.ofMillis(50)))
                .isEqualTo(Outcome.TIMED_OUT);
        assertThat(limiter.queueLength()).isZero();
        limiter.release();
        assertThat(acquire(limiter)).isEqualTo(Outcome.ACQUIRED);
    }

    @Test
    void doesNotLeakPermitsWhenAWaiterIsCancelled() {
        ConcurrencyLimiter limiter = limiterWithoutPermits(10);
        Cancellation leaving = new Cancellation();
        CompletableFuture<Outcome> left = waiter(limiter, "a", leaving);
        CompletableFuture<Outcome> next = waiter(limiter, "a");
        leaving.cancel(ErrorCode.CLIENT_DISCONNECTED, "gone");
        assertThat(catchThrowable(left::join)).hasRootCauseMessage("gone");
        assertThat(limiter.queueLength()).isOne();
        limiter.release();
        assertThat(next.join()).isEqualTo(Outcome.ACQUIRED);
    }

    @Test
    void returnsInterruptedOnAnInterrupt() throws InterruptedException {
        ConcurrencyLimiter limiter = limiterWithoutPermits(10);
        List<Object> seen = new ArrayList<>();
        Thread waiting = new Thread(() -> {
            seen.add(limiter.acquire("a", new Cancellation(), LONG_TIMEOUT));
            seen.add(Thread.currentThread().isInterrupted());
        });
        waiting.start();
        await().until(() -> limiter.queueLength() == 1);
        waiting.interrupt();
        waiting.join();
        assertThat(seen).containsExactly(Outcome.INTERRUPTED, true);
        assertThat(limiter.queueLength()).isZero();
        limiter.release();
        assertThat(limiter.availablePermits()).isOne();
    }

    @Test
    void doesNotLeakPermitsWhenWaitingFails() {
        ConcurrencyLimiter limiter = limiterWithoutPermits(10);
        Duration overflowingTimeout = Duration.ofSeconds(Long.MAX_VALUE); // toNanos overflows
        assertThat(catchThrowable(() -> limiter.acquire("a", new Cancellation(), overflowingTimeout)))
                .isInstanceOf(ArithmeticException.class);
        assertThat(limiter.queueLength()).isZero();
        limiter.release();
        assertThat(limiter.availablePermits()).isOne();
    }
}
