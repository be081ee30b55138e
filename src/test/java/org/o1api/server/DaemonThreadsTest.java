package org.o1api.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DaemonThreadsTest {
    /** An executor counts as terminated shortly before its last thread ends. Tomcat reports such a thread as a leak. */
    @Test
    void shutdownWaitsForTheThreadsToEnd() {
        CountDownLatch never = new CountDownLatch(1);
        CompletableFuture<Thread> started = new CompletableFuture<>();
        ExecutorService executor = Executors.newCachedThreadPool(DaemonThreads.factory("test"));
        executor.execute(() -> {
            Thread thread = Thread.currentThread();
            // The last action of a thread, after the executor has terminated.
            thread.setUncaughtExceptionHandler((self, thrown) -> pause(never, 300));
            started.complete(thread);
            pause(never, 60_000);
            throw new IllegalStateException("ends the thread");
        });
        Thread thread = started.join();
        DaemonThreads.shutdownNow(executor);
        assertThat(thread.isAlive()).isFalse();
    }

    private static void pause(CountDownLatch never, long millis) {
        try {
            assertThat(never.await(millis, TimeUnit.MILLISECONDS)).isFalse();
        } catch (InterruptedException e) {
            // interrupted by the shutdown
        }
    }
}
