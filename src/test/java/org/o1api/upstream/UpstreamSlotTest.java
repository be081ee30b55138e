package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.o1api.model.Cancellation;
import org.o1api.model.CancelledException;
import org.o1api.model.ErrorCode;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.Script;

/** Slots are released whenever callers cancel. */
class UpstreamSlotTest {
    private static final int SLOTS = 4;
    private static final int CALLS = 2000;

    private final UpstreamFixture fixture = new UpstreamFixture();
    private final ExecutorService callers = Executors.newFixedThreadPool(16);
    private final ExecutorService cancelling = Executors.newFixedThreadPool(2);

    @AfterEach
    void close() {
        fixture.close();
        callers.shutdownNow();
        cancelling.shutdownNow();
    }

    @Test
    void doesNotLeakSlotsWheneverACallIsCancelled() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(
                request -> request.number() % 50 == 7 ? Script.reset() : Script.answer("one two three four five six")));
        HttpUpstream upstream =
                fixture.upstream(settings -> settings.url(fake.url()).concurrency(SLOTS));
        AtomicInteger whole = new AtomicInteger();
        AtomicInteger cancelled = new AtomicInteger();
        Random random = new Random(11);
        List<CompletableFuture<Void>> calls = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            boolean impatient = i % 2 == 0;
            long micros = random.nextInt(3000);
            calls.add(CompletableFuture.runAsync(
                    () -> {
                        Cancellation cancellation = new Cancellation();
                        if (impatient) {
                            CompletableFuture.delayedExecutor(micros, TimeUnit.MICROSECONDS, cancelling)
                                    .execute(() -> cancellation.cancel(ErrorCode.CLIENT_DISCONNECTED, "gone"));
                        }
                        try (Call call = upstream.open(fixture.request(), new CallContext(cancellation))) {
                            assertThat(fixture.text(call)).isEqualTo("one two three four five six");
                            whole.incrementAndGet();
                        } catch (CancelledException e) {
                            assertThat(e).hasMessage("gone");
                            assertThat(impatient).isTrue();
                            cancelled.incrementAndGet();
                        }
                    },
                    callers));
        }
        CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new))
                .orTimeout(Duration.ofSeconds(60).toSeconds(), TimeUnit.SECONDS)
                .join();
        assertThat(whole.get() + cancelled.get()).isEqualTo(CALLS);
        assertThat(cancelled).hasValueGreaterThan(CALLS / 20);
        List<Call> open = new ArrayList<>();
        for (int i = 0; i < SLOTS; i++) {
            open.add(upstream.open(fixture.request(), new CallContext(new Cancellation())));
        }
        open.forEach(Call::close);
        fake.awaitIdle();
    }
}
