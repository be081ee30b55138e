package org.o1api.reasoning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.o1api.reasoning.ConcurrentFixture.budget;
import static org.o1api.reasoning.ConcurrentFixture.sample;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.o1api.model.CallRecord;
import org.o1api.model.CallRecord.State;
import org.o1api.model.Cancellation;
import org.o1api.model.CancelledException;
import org.o1api.model.ErrorCode;
import org.o1api.model.TurnLedger;
import org.o1api.server.CallExecutor;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.Script;
import org.o1api.upstream.HttpUpstream;
import org.o1api.upstream.UpstreamSettings;

/** Nothing is left over of many turns with concurrent calls, however they end. */
@Tag("alone")
class ConcurrentTurnsIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int TURNS = 4_000;
    private static final int TURNS_AT_ONCE = 8;

    /** How a turn ends. */
    private enum End {
        ALL_COMPLETE,
        WINNER_KEPT,
        ONE_FAILED,
        CLIENT_DISCONNECTED,
        TIME_USED_UP,
        CLOSED_AT_ONCE
    }

    private final AtomicInteger readers = new AtomicInteger();
    private final Set<State> states = ConcurrentHashMap.newKeySet();

    @Test
    void nothingIsLeftOverOfManyTurns() throws Exception {
        ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
        try (FakeUpstream fake = FakeUpstream.discardingRequests(request -> switch (request.lastMessage()) {
            case "bad" -> Script.error(400, "no");
            case "slow" -> exchange -> exchange.stream().text("Hm").awaitDisconnect();
            default -> Script.answer("42");
        })) {
            try (CallExecutor threads = CallExecutor.start();
                    HttpUpstream upstream = upstream(fake, scheduler)) {
                runTurns(upstream, reader -> {
                    readers.incrementAndGet();
                    threads.execute(() -> {
                        try {
                            reader.run();
                        } finally {
                            readers.decrementAndGet();
                        }
                    });
                });
                await().atMost(TIMEOUT).until(() -> readers.get() == 0);
                fake.awaitIdle();
            }
            await().atMost(TIMEOUT).until(() -> fake.openConnections() == 0);
        } finally {
            scheduler.shutdownNow();
        }
        assertThat(states).contains(State.COMPLETED, State.CANCELLED, State.FAILED);
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("o1-api-call"));
    }

    private void runTurns(HttpUpstream upstream, Executor threads) throws Exception {
        List<Callable<Integer>> turns = new ArrayList<>();
        for (int i = 0; i < TURNS; i++) {
            End end = End.values()[i % End.values().length];
            turns.add(() -> leftOvers(end, upstream, threads));
        }
        ExecutorService turnThreads = Executors.newFixedThreadPool(TURNS_AT_ONCE);
        try {
            for (Future<Integer> turn : turnThreads.invokeAll(turns)) {
                assertThat(turn.get()).isZero();
            }
        } finally {
            turnThreads.shutdownNow();
        }
    }

    /** Runs a turn and returns the number of registrations that are left at its cancellation. */
    private int leftOvers(End end, HttpUpstream upstream, Executor threads) {
        Cancellation cancellation = new Cancellation();
        TurnLedger ledger = new TurnLedger();
        try (ModelCalls calls = new ModelCalls(
                        upstream,
                        ScriptedUpstream.TURN,
                        cancellation,
                        budget(30, 50_000),
                        new Transcript(),
                        ledger,
                        threads);
                ConcurrentCalls concurrent = calls.concurrent()) {
            concurrent.start(sample("good"));
            concurrent.start(sample(other(end)));
            run(end, calls, concurrent, cancellation);
        } catch (CancelledException e) {
            assertThat(end).isEqualTo(End.CLIENT_DISCONNECTED);
        }
        assertThat(ledger.records()).hasSize(2);
        ledger.records().forEach(record -> states.add(record.state()));
        assertThat(ledger.records().stream()
                        .mapToInt(CallRecord::attempts)
                        .max()
                        .orElse(0))
                .isLessThanOrEqualTo(1);
        return cancellation.registeredActions();
    }

    private static String other(End end) {
        return switch (end) {
            case ALL_COMPLETE -> "good";
            case ONE_FAILED -> "bad";
            default -> "slow";
        };
    }

    private static void run(End end, ModelCalls calls, ConcurrentCalls concurrent, Cancellation cancellation) {
        switch (end) {
            case ALL_COMPLETE, ONE_FAILED -> awaitEnd(concurrent, 2);
            case WINNER_KEPT -> {
                awaitEnd(concurrent, 1);
                concurrent.keepOnly(0);
                assertThat(concurrent.next()).isNull();
            }
            case CLIENT_DISCONNECTED -> {
                concurrent.next();
                cancellation.cancel(ErrorCode.CLIENT_DISCONNECTED, "gone");
                concurrent.next();
            }
            case TIME_USED_UP -> {
                concurrent.next();
                calls.expireReasoning();
                awaitEnd(concurrent, 2);
            }
            case CLOSED_AT_ONCE -> {}
        }
    }

    private static void awaitEnd(ConcurrentCalls concurrent, int count) {
        int ended = 0;
        while (ended < count) {
            ended += Objects.requireNonNull(concurrent.next()) instanceof CallEvent.Piece ? 0 : 1;
        }
    }

    private static HttpUpstream upstream(FakeUpstream fake, ScheduledExecutorService scheduler) {
        return new HttpUpstream(
                new UpstreamSettings(
                        "main",
                        fake.url(),
                        null,
                        null,
                        UpstreamSettings.Timeouts.DEFAULT,
                        UpstreamSettings.Limits.DEFAULT,
                        Map.of(),
                        null),
                scheduler);
    }
}
