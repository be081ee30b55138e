package org.o1api.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CallLimiterTest {
    private final CallLimiter limiter = new CallLimiter(2);

    private void fill() {
        assertThat(limiter.enter(() -> false)).isTrue();
        assertThat(limiter.enter(() -> false)).isTrue();
    }

    @Test
    void letsNobodyWaitWhileTheDatabaseIsKnownToBeDown() {
        fill();
        assertThat(limiter.enter(() -> true)).isFalse();
        limiter.leave();
        assertThat(limiter.enter(() -> true)).isTrue();
    }

    @Test
    void endsTheWaitIfNoCallEnds() {
        fill();
        assertThat(limiter.enter(() -> false)).isFalse();
        limiter.leave();
        assertThat(limiter.enter(() -> false)).isTrue();
    }

    @Test
    void givesASlotToAWaitingCall() throws Exception {
        fill();
        CountDownLatch waiting = new CountDownLatch(1);
        CompletableFuture<Boolean> entered = CompletableFuture.supplyAsync(() -> limiter.enter(() -> {
            waiting.countDown();
            return false;
        }));
        assertThat(waiting.await(10, TimeUnit.SECONDS)).isTrue();
        limiter.leave();
        assertThat(entered.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void keepsTheInterruptOfAWaitingThread() throws Exception {
        fill();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            Thread.currentThread().interrupt();
            interrupted.complete(
                    !limiter.enter(() -> false) && Thread.currentThread().isInterrupted());
        });
        thread.start();
        assertThat(interrupted.get(10, TimeUnit.SECONDS)).isTrue();
    }
}
