package org.o1api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class CallExecutorTest {
    private static final int TIMEOUT_SECONDS = 15;

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void runsManyCallsAtOnceOnDaemonThreads() {
        CountDownLatch allRun = new CountDownLatch(200);
        CountDownLatch ended = new CountDownLatch(200);
        List<Thread> threads = new CopyOnWriteArrayList<>();
        try (CallExecutor executor = CallExecutor.start()) {
            for (int i = 0; i < 200; i++) {
                executor.execute(() -> {
                    threads.add(Thread.currentThread());
                    allRun.countDown();
                    await(allRun);
                    ended.countDown();
                });
            }
            await(ended);
        }
        assertThat(threads).hasSize(200).doesNotHaveDuplicates();
        assertThat(threads)
                .allMatch(Thread::isDaemon)
                .allMatch(thread -> thread.getName().startsWith("o1-api-call-"));
        Awaitility.await()
                .atMost(Duration.ofSeconds(TIMEOUT_SECONDS))
                .until(() -> threads.stream().noneMatch(Thread::isAlive));
    }

    @Test
    void callsWaitForAThreadInTheirOrder() {
        CountDownLatch free = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(50);
        List<Integer> order = new CopyOnWriteArrayList<>();
        try (CallExecutor executor = CallExecutor.pool(1)) {
            executor.execute(() -> await(free));
            for (int i = 0; i < 50; i++) {
                int number = i;
                executor.execute(() -> {
                    order.add(number);
                    done.countDown();
                });
            }
            free.countDown();
            await(done);
        }
        assertThat(order).hasSize(50).isSorted();
    }

    @Test
    void theEndInterruptsCallsAndAcceptsNoMore() {
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        CountDownLatch running = new CountDownLatch(1);
        CallExecutor executor = CallExecutor.start();
        executor.execute(() -> {
            running.countDown();
            try {
                new CountDownLatch(1).await(TIMEOUT_SECONDS, TimeUnit.SECONDS);
                interrupted.complete(false);
            } catch (InterruptedException e) {
                interrupted.complete(true);
            }
        });
        await(running);
        executor.close();
        assertThat(interrupted.join()).isTrue();
        assertThatThrownBy(() -> executor.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
    }
}
