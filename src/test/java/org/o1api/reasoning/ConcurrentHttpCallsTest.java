package org.o1api.reasoning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.o1api.reasoning.ConcurrentFixture.budget;
import static org.o1api.reasoning.ConcurrentFixture.sample;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.model.CallRecord;
import org.o1api.model.CallRecord.State;
import org.o1api.model.Cancellation;
import org.o1api.model.CancelledException;
import org.o1api.model.Delta;
import org.o1api.model.ErrorCode;
import org.o1api.model.TurnLedger;
import org.o1api.server.CallExecutor;
import org.o1api.testing.FakeExchange;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.Script;
import org.o1api.upstream.HttpUpstream;
import org.o1api.upstream.UpstreamSettings;

/** Concurrent calls over real HTTP, on the threads that this runtime has for them. */
class ConcurrentHttpCallsTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
    private final CallExecutor threads = CallExecutor.start();
    private final Cancellation turn = new Cancellation();
    private final TurnLedger ledger = new TurnLedger();
    private @Nullable FakeUpstream fake;
    private @Nullable HttpUpstream upstream;

    @AfterEach
    void close() {
        threads.close();
        if (upstream != null) {
            upstream.close();
        }
        scheduler.shutdownNow();
        if (fake != null) {
            fake.close();
        }
        assertThat(turn.registeredActions()).isZero();
    }

    private FakeUpstream use(FakeUpstream provider) {
        fake = provider;
        upstream = new HttpUpstream(
                new UpstreamSettings(
                        "main",
                        provider.url(),
                        null,
                        null,
                        UpstreamSettings.Timeouts.DEFAULT,
                        UpstreamSettings.Limits.DEFAULT,
                        Map.of(),
                        null),
                scheduler);
        return provider;
    }

    private ModelCalls calls(Cancellation cancellation, TurnLedger records, Executor readers) {
        return new ModelCalls(
                Objects.requireNonNull(upstream),
                ScriptedUpstream.TURN,
                cancellation,
                budget(30, 1_000_000_000),
                new Transcript(),
                records,
                readers);
    }

    private ModelCalls calls() {
        return calls(turn, ledger, threads);
    }

    private static void start(ConcurrentCalls concurrent, String... names) {
        for (String name : names) {
            assertThat(concurrent.start(sample(name))).isNotNegative();
        }
    }

    private static String text(@Nullable CallEvent event) {
        return event instanceof CallEvent.Piece piece && piece.delta() instanceof Delta.Text text ? text.text() : "";
    }

    @Test
    void allCallsAreAtTheProviderAtOnce() {
        CountDownLatch allThere = new CountDownLatch(5);
        FakeUpstream provider = use(FakeUpstream.dispatching(request -> exchange -> {
            allThere.countDown();
            exchange.stream()
                    .await(allThere)
                    .text(request.lastMessage())
                    .finish("stop")
                    .usage(10, 5)
                    .done();
        }));
        try (ModelCalls calls = calls();
                ConcurrentCalls concurrent = calls.concurrent()) {
            start(concurrent, "a", "b", "c", "d", "e");
            List<String> texts = new ArrayList<>();
            for (CallEvent event = concurrent.next(); event != null; event = concurrent.next()) {
                assertThat(event).isNotInstanceOf(CallEvent.Failed.class);
                if (event instanceof CallEvent.Piece) {
                    texts.add(text(event));
                }
            }
            assertThat(texts).containsExactlyInAnyOrder("a", "b", "c", "d", "e");
        }
        assertThat(ledger.totalUsage().outputTokens()).isEqualTo(25);
        assertThat(provider.requests()).hasSize(5);
    }

    /** One of them has not even started to reply. */
    @Test
    void losersAreCancelledAtTheProvider() {
        FakeUpstream provider = use(FakeUpstream.dispatching(request -> switch (request.lastMessage()) {
            case "silent" -> Script.silence();
            case "slow" -> exchange -> exchange.stream().text("Hm").awaitDisconnect();
            default -> Script.answer("42");
        }));
        try (ModelCalls calls = calls();
                ConcurrentCalls concurrent = calls.concurrent()) {
            start(concurrent, "silent", "slow", "slow");
            assertThat(text(concurrent.next())).isEqualTo("Hm");
            assertThat(text(concurrent.next())).isEqualTo("Hm");
            start(concurrent, "winner");
            provider.awaitRequests(4);
            concurrent.keepOnly(3);
            provider.awaitAborted(3); // while the turn goes on
            assertThat(text(concurrent.next())).isEqualTo("42");
            assertThat(concurrent.next()).isInstanceOf(CallEvent.Ended.class);
            assertThat(concurrent.next()).isNull();
        }
        assertThat(ledger.records())
                .extracting(CallRecord::state)
                .containsExactlyInAnyOrder(State.CANCELLED, State.CANCELLED, State.CANCELLED, State.COMPLETED);
        assertThat(ledger.attempts()).isEqualTo(4);
    }

    @Test
    void aDisconnectedClientEndsAllCalls() {
        FakeUpstream provider = use(FakeUpstream.dispatching(request -> switch (request.lastMessage()) {
            case "silent" -> Script.silence();
            case "flood" -> exchange -> flood(exchange.stream());
            default -> exchange -> exchange.stream().text("Hm").awaitDisconnect();
        }));
        try (ModelCalls calls = calls();
                ConcurrentCalls concurrent = calls.concurrent()) {
            start(concurrent, "silent", "flood", "slow");
            provider.awaitRequests(3);
            await().atMost(TIMEOUT).until(concurrent::isFull);
            turn.cancel(ErrorCode.CLIENT_DISCONNECTED, "gone");
            provider.awaitAborted(3); // although the turn's thread does not notice yet
            assertThatThrownBy(concurrent::next).isInstanceOf(CancelledException.class);
        }
        assertThat(ledger.records()).extracting(CallRecord::state).containsOnly(State.CANCELLED);
        assertThat(ledger.records()).hasSize(3);
    }

    private static void flood(FakeExchange exchange) throws IOException {
        while (true) {
            exchange.text("x".repeat(1000));
        }
    }

    @Test
    void failedCallsDoNotFailTheRest() {
        use(FakeUpstream.dispatching(request -> switch (request.lastMessage()) {
            case "bad" -> Script.error(400, "no");
            case "broken" -> exchange -> exchange.stream().text("Half").reset();
            default -> Script.answer("42");
        }));
        List<CallEvent> ends = new ArrayList<>();
        try (ModelCalls calls = calls();
                ConcurrentCalls concurrent = calls.concurrent()) {
            start(concurrent, "bad", "broken", "good", "good");
            for (CallEvent event = concurrent.next(); event != null; event = concurrent.next()) {
                if (!(event instanceof CallEvent.Piece)) {
                    ends.add(event);
                }
            }
        }
        assertThat(ends)
                .filteredOn(end -> end instanceof CallEvent.Failed)
                .extracting(CallEvent::index)
                .containsExactlyInAnyOrder(0, 1);
        assertThat(ends)
                .filteredOn(end -> end instanceof CallEvent.Ended)
                .extracting(CallEvent::index)
                .containsExactlyInAnyOrder(2, 3);
    }

    /** Providers are read only as fast as the turn's thread takes the pieces. */
    @Test
    void aSlowClientSlowsTheProviders() {
        int pieces = 15_000;
        long buffers = 32_000_000; // of the sockets, at most; the replies have 45 MB
        AtomicLong written = new AtomicLong();
        use(FakeUpstream.dispatching(request -> exchange -> {
            exchange.stream();
            for (int i = 0; i < pieces; i++) {
                exchange.text("x".repeat(1000));
                written.addAndGet(1000);
            }
            exchange.finish("stop").usage(10, 5).done();
        }));
        try (ModelCalls calls = calls();
                ConcurrentCalls concurrent = calls.concurrent()) {
            start(concurrent, "a", "b", "c");
            await().atMost(TIMEOUT).until(concurrent::isFull);
            long read = 0;
            for (CallEvent event = concurrent.next(); event != null; event = concurrent.next()) {
                read += text(event).length();
                assertThat(written.get() - read).isLessThan(buffers);
            }
            assertThat(read).isEqualTo(3L * 1000 * pieces);
        }
    }

    /** What a call does when its turn ends. */
    enum Doing {
        NOTHING,
        STREAMING,
        WAITING_FOR_ROOM,
        FAILED,
        COMPLETED
    }

    @ParameterizedTest
    @EnumSource
    void aTurnCanEndAtAnyTime(Doing doing) {
        FakeUpstream provider = use(FakeUpstream.dispatching(request -> switch (doing) {
            case NOTHING -> Script.silence();
            case STREAMING -> exchange -> exchange.stream().text("Hm").awaitDisconnect();
            case WAITING_FOR_ROOM -> exchange -> flood(exchange.stream());
            case FAILED -> Script.error(400, "no");
            case COMPLETED -> Script.answer("42");
        }));
        try (ModelCalls calls = calls();
                ConcurrentCalls concurrent = calls.concurrent()) {
            start(concurrent, "a", "b");
            provider.awaitRequests(2);
            switch (doing) {
                case NOTHING -> {}
                case STREAMING -> concurrent.next();
                case WAITING_FOR_ROOM -> await().atMost(TIMEOUT).until(concurrent::isFull);
                case FAILED, COMPLETED -> provider.awaitEnded(2);
            }
        }
        assertThat(ledger.records()).hasSize(2);
        assertThat(ledger.attempts()).isEqualTo(2);
        provider.awaitIdle();
        assertThat(provider.abortedCalls()).isEqualTo(doing == Doing.FAILED || doing == Doing.COMPLETED ? 0 : 2);
    }

    /** Each turn's queue is full again and again, and there is one thread for the calls of all turns. */
    @Test
    void aFullPoolDelaysTurnsWithoutADeadlock() throws Exception {
        int pieces = 3 * CallInbox.MAX_PIECES;
        use(FakeUpstream.discardingRequests(request -> exchange -> {
            exchange.stream();
            for (int i = 0; i < pieces; i++) {
                exchange.delta(i % 2 == 0 ? "{\"content\":\"x\"}" : "{\"reasoning_content\":\"x\"}");
            }
            exchange.finish("stop").usage(10, 5).done();
        }));
        ExecutorService oneThread = Executors.newFixedThreadPool(1);
        List<Callable<Integer>> turns = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            turns.add(() -> {
                int characters = 0;
                try (ModelCalls calls = calls(new Cancellation(), new TurnLedger(), oneThread);
                        ConcurrentCalls concurrent = calls.concurrent()) {
                    start(concurrent, "a", "b", "c");
                    for (CallEvent event = concurrent.next(); event != null; event = concurrent.next()) {
                        assertThat(event).isNotInstanceOf(CallEvent.Failed.class);
                        characters += event instanceof CallEvent.Piece ? length(event) : 0;
                    }
                }
                return characters;
            });
        }
        ExecutorService turnThreads = Executors.newFixedThreadPool(8);
        try {
            for (Future<Integer> turn : turnThreads.invokeAll(turns, TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                assertThat(turn.get()).isEqualTo(3 * pieces);
            }
        } finally {
            turnThreads.shutdownNow();
            oneThread.shutdownNow();
        }
    }

    private static int length(CallEvent event) {
        Delta delta = ((CallEvent.Piece) event).delta();
        return delta instanceof Delta.Reasoning reasoning
                ? reasoning.text().length()
                : text(event).length();
    }
}
