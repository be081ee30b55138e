package org.o1api.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PeriodicTaskTest {
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void stop() {
        scheduler.shutdownNow();
    }

    @Test
    void runsAgainAfterAnError() throws InterruptedException {
        CountDownLatch runs = new CountDownLatch(3);
        try (PeriodicTask task = PeriodicTask.start(
                "test",
                Duration.ZERO,
                Duration.ofMillis(1),
                () -> {
                    runs.countDown();
                    throw new OutOfMemoryError("thrown by a test");
                },
                scheduler)) {
            assertThat(runs.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(task.sinceLastRun()).isPositive();
        }
    }
}
