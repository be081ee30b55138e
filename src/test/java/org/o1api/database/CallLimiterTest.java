package org.o1api.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CallLimiterTest {
    private final CallLimiter limiter = new CallLimiter(2);

    private void fill() {
        assertThat(limiter.acquire(() -> false)).isTrue();
        assertThat(limiter.acquire(() -> false)).isTrue();
    }

    @Test
    void rejectsImmediatelyWhileTheDatabaseIsDown() {
        fill();
        assertThat(limiter.acquire(() -> true)).isFalse();
        limiter.release();
        assertThat(limiter.acquire(() -> true)).isTrue();
    }

    @Test
    void stopsWaitingIfNoCallEnds() {
        fill();
        assertThat(limiter.acquire(() -> false)).isFalse();
        limiter.release();
        assertThat(limiter.acquire(() -> false)).isTrue();
    }

    @Test
    void givesASlotToAWaitingCall() throws Exception {
        fill();
        CountDownLatch waiting = new CountDownLatch(1);
        CompletableFuture<Boolean> entered = CompletableFuture.supplyAsync(() -> limiter.acquire(() -> {
            waiting.countDown();
            return false;
        }));
        assertThat(waiting.await(10, TimeUnit.SECONDS)).isTrue();
        limiter.release();
        assertThat(entered.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void preservesTheInterruptOfAWaitingThread() throws Exception {
        fill();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            Thread.currentThread().interrupt();
            interrupted.complete(
                    !limiter.acquire(() -> false) && Thread.currentThread().isInterrupted());
        });
        thread.start();
        assertThat(interrupted.get(10, TimeUnit.SECONDS)).isTrue();
    }
}
