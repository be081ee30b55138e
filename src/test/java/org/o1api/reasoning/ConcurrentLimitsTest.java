package org.o1api.reasoning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.o1api.reasoning.ConcurrentFixture.budget;
import static org.o1api.reasoning.ConcurrentFixture.sample;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Concurrent calls whose queue is full, and calls that get no thread. */
class ConcurrentLimitsTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    private final ConcurrentFixture fixture = new ConcurrentFixture();
    private final ControlledUpstream upstream = fixture.upstream;

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aSlowReaderSlowsEveryCall() {
        try (ConcurrentCalls concurrent = fixture.calls().concurrent()) {
            int total = 2 * CallInbox.MAX_PIECES;
            for (String name : List.of("a", "b", "c")) {
                concurrent.start(sample(name));
                for (int i = 0; i < total; i++) {
                    upstream.call(name).text("x");
                }
                upstream.call(name).finish();
            }
            // A piece of each call waits until there is room for it.
            await().atMost(TIMEOUT).until(() -> sent() == CallInbox.MAX_PIECES + 3);
            int taken = 0;
            for (CallEvent event = concurrent.next(); event != null; event = concurrent.next()) {
                taken += event instanceof CallEvent.Piece ? 1 : 0;
                assertThat(sent()).isLessThanOrEqualTo(taken + CallInbox.MAX_PIECES + 3);
            }
            assertThat(taken).isEqualTo(3 * total);
        }
    }

    private int sent() {
        return upstream.call("a").sent()
                + upstream.call("b").sent()
                + upstream.call("c").sent();
    }

    @Test
    void longPiecesFillTheQueueToo() {
        try (ConcurrentCalls concurrent = fixture.calls().concurrent()) {
            concurrent.start(sample("a"));
            String half = "x".repeat(CallInbox.MAX_CHARACTERS / 2);
            upstream.call("a").text(half).text(half).text(half).text(half);
            await().atMost(TIMEOUT).until(() -> upstream.call("a").sent() == 3);
            concurrent.next();
            await().atMost(TIMEOUT).until(() -> upstream.call("a").sent() == 4);
        }
    }

    static List<Executor> withoutThreads() {
        return List.of(
                task -> {
                    throw new RejectedExecutionException("closed");
                },
                task -> {
                    throw new OutOfMemoryError("unable to create native thread");
                });
    }

    @ParameterizedTest
    @MethodSource("withoutThreads")
    void aCallThatCannotGetAThreadFails(Executor threads) {
        ModelCalls calls = fixture.calls(upstream, budget(30, 1000), threads);
        try (ConcurrentCalls concurrent = calls.concurrent()) {
            concurrent.start(sample("a"));
            assertThat(concurrent.next()).isInstanceOf(CallEvent.Failed.class);
            assertThat(concurrent.next()).isNull();
            assertThat(calls.usedCalls()).isOne(); // otherwise a strategy could try forever
        }
    }

    /** A task that a pool has queued may run although the pool then failed to start a thread for it. */
    @Test
    void aCallThatHasFailedForLackOfAThreadIsNotMadeLater() {
        List<Runnable> queued = new ArrayList<>();
        try (ConcurrentCalls concurrent = fixture.calls(upstream, budget(30, 1000), task -> {
                    queued.add(task);
                    throw new OutOfMemoryError("unable to create native thread");
                })
                .concurrent()) {
            concurrent.start(sample("a"));
            queued.get(0).run();
            assertThat(concurrent.next()).isInstanceOf(CallEvent.Failed.class);
            assertThat(concurrent.next()).isNull();
        }
    }
}
