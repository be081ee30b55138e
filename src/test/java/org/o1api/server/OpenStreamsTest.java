package org.o1api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The heartbeats of concurrent streams. */
class OpenStreamsTest {
    private static final EventStream.Listener NO_LISTENER = new EventStream.Listener() {
        @Override
        public void disconnected() {}

        @Override
        public void failed(Throwable failure) {}
    };

    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final OpenStreams streams = new OpenStreams(
            new StreamSettings(Duration.ofMillis(100), Duration.ofMillis(100), true, Duration.ofMinutes(10), null),
            scheduler);

    @AfterEach
    void close() {
        streams.close();
        scheduler.shutdownNow();
    }

    /** Counts writes; each write may block or fail. */
    private static final class CountingSink implements FrameSink {
        private final AtomicInteger writes = new AtomicInteger();
        private final Runnable whileWriting;

        CountingSink(Runnable whileWriting) {
            this.whileWriting = whileWriting;
        }

        @Override
        public void write(byte[] bytes) {
            writes.incrementAndGet();
            whileWriting.run();
        }

        @Override
        public byte[] ping() {
            return new byte[] {':'};
        }

        @Override
        public void fail(byte[] error) {}

        @Override
        public void close() {}
    }

    private CountingSink open(Runnable whileWriting) {
        CountingSink sink = new CountingSink(whileWriting);
        streams.open(sink, new byte[] {'o'}, NO_LISTENER);
        return sink;
    }

    @Test
    void sendsHeartbeatsDespiteClientsThatDoNotRead() {
        CountDownLatch reading = new CountDownLatch(1);
        try {
            for (int i = 0; i < 40; i++) {
                open(() -> {
                    try {
                        reading.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
            }
            CountingSink healthy = open(() -> {});

            await().atMost(Duration.ofSeconds(30)).until(() -> healthy.writes.get() >= 3);
        } finally {
            reading.countDown();
        }
    }

    @Test
    void sendsHeartbeatsAfterErrorsInOtherStreams() {
        List<CountingSink> failing = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            failing.add(open(() -> {
                throw new OutOfMemoryError("thrown by a test");
            }));
        }
        CountingSink healthy = open(() -> {});

        await().atMost(Duration.ofSeconds(10)).until(() -> healthy.writes.get() >= 3);
        await().atMost(Duration.ofSeconds(10)).until(() -> failing.get(0).writes.get() >= 2);
        assertThat(streams.sinceLastTick()).isLessThan(Duration.ofSeconds(30));
    }
}
