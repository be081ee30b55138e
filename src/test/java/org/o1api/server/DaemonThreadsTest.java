package org.o1api.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DaemonThreadsTest {
    /** An executor counts as terminated a little before its last thread has ended; Tomcat takes such a thread for a leak. */
    @Test
    void haveEndedWhenTheirExecutorHas() {
        CountDownLatch never = new CountDownLatch(1);
        CompletableFuture<Thread> begun = new CompletableFuture<>();
        ExecutorService executor = Executors.newCachedThreadPool(DaemonThreads.factory("test"));
        executor.execute(() -> {
            Thread thread = Thread.currentThread();
            // The last that a thread does, behind its executor's back.
            thread.setUncaughtExceptionHandler((self, thrown) -> pause(never, 300));
            begun.complete(thread);
            pause(never, 60_000);
            throw new IllegalStateException("ends the thread");
        });
        Thread thread = begun.join();
        DaemonThreads.shutdownNow(executor);
        assertThat(thread.isAlive()).isFalse();
    }

    private static void pause(CountDownLatch never, long millis) {
        try {
            assertThat(never.await(millis, TimeUnit.MILLISECONDS)).isFalse();
        } catch (InterruptedException e) {
            // told to end
        }
    }
}
