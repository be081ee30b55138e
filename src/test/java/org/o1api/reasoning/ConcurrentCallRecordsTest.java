package org.o1api.reasoning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.o1api.reasoning.ConcurrentFixture.budget;
import static org.o1api.reasoning.ConcurrentFixture.call;
import static org.o1api.reasoning.ConcurrentFixture.sample;

import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.model.CallRecord;
import org.o1api.model.CallRecord.Purpose;
import org.o1api.model.CallRecord.State;
import org.o1api.model.CancelledException;
import org.o1api.model.ErrorCode;
import org.o1api.model.Usage;
import org.o1api.reasoning.ConcurrentFixture.NoThreads;
import org.o1api.reasoning.ControlledUpstream.Control;
import org.o1api.upstream.UpstreamException;

/** What the ledger records of concurrent calls: each of them once, for each way in which it can end. */
class ConcurrentCallRecordsTest {
    /** The input tokens that the gateway counts for a request with a message of one token. */
    private static final long PROMPT = 3 + 3 + 1;

    private static final Usage USED = new Usage(10, 2, 1, 5, 3);

    private final ConcurrentFixture fixture = new ConcurrentFixture();
    private final ControlledUpstream upstream = fixture.upstream;

    @AfterEach
    void close() {
        fixture.close();
        assertThat(fixture.turn.registeredActions()).isZero();
    }

    private static void readAll(ConcurrentCalls concurrent) {
        while (concurrent.next() != null) {}
    }

    private CallRecord only() {
        assertThat(fixture.ledger.records()).hasSize(1);
        return fixture.ledger.records().get(0);
    }

    @ParameterizedTest
    @EnumSource
    void recordsACompletedCall(Purpose purpose) {
        upstream.call("a")
                .loseAttempt(new Usage(4, 0, 3, 0))
                .loseAttempt(Usage.NONE)
                .text("x")
                .using(USED)
                .finish();
        try (ModelCalls calls = fixture.calls();
                ConcurrentCalls concurrent = calls.concurrent()) {
            concurrent.start(call("a", purpose));
            readAll(concurrent);
        }
        assertThat(only())
                .isEqualTo(new CallRecord(
                        purpose, "controlled", "m", 3, USED, new Usage(4 + PROMPT, 0, 3, 0), State.COMPLETED, true));
    }

    @ParameterizedTest
    @EnumSource
    void countsWhatTheProviderDoesNotReport(Purpose purpose) {
        upstream.call("a").text("hello").text(" world").finish();
        try (ModelCalls calls = fixture.calls();
                ConcurrentCalls concurrent = calls.concurrent()) {
            concurrent.start(call("a", purpose));
            readAll(concurrent);
        }
        assertThat(only().usage()).isEqualTo(new Usage(PROMPT, 0, 2, 0));
        assertThat(fixture.ledger.totalUsage().reasoningTokens()).isEqualTo(purpose == Purpose.ANSWER ? 0 : 2);
    }

    /** Also what had not been read when the strategy cancelled the call. */
    @Test
    void countsWhatHasArrivedOfACancelledCall() {
        upstream.call("a").text("hello").text(" world").text("!");
        try (ModelCalls calls = fixture.calls();
                ConcurrentCalls concurrent = calls.concurrent()) {
            concurrent.start(sample("a"));
            concurrent.next();
            await().until(() -> upstream.call("a").sent() == 3);
            concurrent.cancel(0);
            assertThat(concurrent.next()).isNull();
        }
        assertThat(only().state()).isEqualTo(State.CANCELLED);
        assertThat(only().usage()).isEqualTo(new Usage(PROMPT, 0, 3, 0));
    }

    /** Its text is lost, not its usage. */
    @Test
    void waitsForTheUsageOfACallThatCompletesWhileItIsCancelled() {
        upstream.call("a").text("x").using(USED).finishingWhenCancelled();
        try (ModelCalls calls = fixture.calls();
                ConcurrentCalls concurrent = calls.concurrent()) {
            concurrent.start(sample("a"));
            concurrent.next();
        }
        assertThat(only().usage()).isEqualTo(USED);
        assertThat(only().state()).isEqualTo(State.COMPLETED);
    }

    @Test
    void aCallThatEndsTooLateNoLongerAffectsTheTurn() {
        Control stuck = upstream.call("a").text("hello").ignoringCancellation();
        upstream.call("b").text("x").using(USED).finish();
        try (ModelCalls calls = fixture.calls()) {
            try (ConcurrentCalls concurrent = calls.concurrent()) {
                concurrent.start(sample("a"));
                concurrent.next();
                concurrent.start(sample("b"));
                concurrent.next();
                concurrent.next();
            }
            List<CallRecord> records = fixture.ledger.records();
            assertThat(records)
                    .extracting(CallRecord::state)
                    .containsExactlyInAnyOrder(State.CANCELLED, State.COMPLETED);
            assertThat(fixture.ledger.totalUsage().outputTokens()).isEqualTo(1 + USED.outputTokens());
            List<String> events = List.copyOf(fixture.out.events());
            stuck.text(" never counted").text(" nor this").using(new Usage(99, 0, 99, 0));
            fixture.awaitIdle(); // it ends by itself: nobody takes its pieces
            assertThat(fixture.ledger.records()).isEqualTo(records);
            assertThat(fixture.out.events()).isEqualTo(events);
        }
    }

    static List<Consumer<Control>> failures() {
        UpstreamException failure = new UpstreamException(ErrorCode.UPSTREAM_FAILED, "It broke.", false, null);
        return List.of(
                control -> control.fail(failure),
                control -> control.fail(new OutOfMemoryError("test")),
                control -> control.fail(new StackOverflowError("test")),
                control -> control.fail(new LinkageError("test")),
                control -> control.fail(new IllegalStateException("test")));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void recordsACallThatFailsWithoutAReply(Consumer<Control> fail) {
        fail.accept(upstream.call("a").loseAttempt(new Usage(4, 0, 3, 0)));
        upstream.call("b").finish();
        try (ModelCalls calls = fixture.calls();
                ConcurrentCalls concurrent = calls.concurrent()) {
            concurrent.start(sample("a"));
            assertThat(concurrent.next()).isInstanceOf(CallEvent.Failed.class);
            concurrent.start(sample("b"));
            assertThat(concurrent.next()).isInstanceOf(CallEvent.Ended.class);
        }
        assertThat(fixture.ledger.records().get(0))
                .isEqualTo(new CallRecord(
                        Purpose.SAMPLE, "controlled", "m", 2, Usage.NONE, new Usage(4, 0, 3, 0), State.FAILED, false));
        assertThat(fixture.ledger.calls()).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void recordsACallWhoseReplyFails(Consumer<Control> fail) {
        fail.accept(upstream.call("a").text("hello").using(USED));
        try (ModelCalls calls = fixture.calls();
                ConcurrentCalls concurrent = calls.concurrent()) {
            concurrent.start(sample("a"));
            assertThat(concurrent.next()).isInstanceOf(CallEvent.Piece.class);
            assertThat(concurrent.next()).isInstanceOf(CallEvent.Failed.class);
        }
        assertThat(only().state()).isEqualTo(State.FAILED);
        assertThat(only().usage()).isEqualTo(USED);
    }

    @Test
    void recordsACallThatFailsToClose() {
        upstream.call("a").text("hello").using(USED).finish().failingToClose(new LinkageError("test"));
        try (ModelCalls calls = fixture.calls();
                ConcurrentCalls concurrent = calls.concurrent()) {
            concurrent.start(sample("a"));
            concurrent.next();
            assertThat(concurrent.next()).isInstanceOf(CallEvent.Failed.class);
        }
        assertThat(only().usage()).isEqualTo(USED);
    }

    @ParameterizedTest
    @EnumSource
    void recordsTheCallsOfACancelledTurn(Purpose purpose) {
        upstream.call("a").text("hello");
        try (ModelCalls calls = fixture.calls();
                ConcurrentCalls concurrent = calls.concurrent()) {
            concurrent.start(call("a", purpose));
            concurrent.start(call("b", purpose));
            concurrent.next();
            fixture.turn.cancel(ErrorCode.CLIENT_DISCONNECTED, "gone");
            assertThatThrownBy(concurrent::next).isInstanceOf(CancelledException.class);
        }
        assertThat(fixture.ledger.records()).hasSize(2);
        assertThat(fixture.ledger.records())
                .extracting(CallRecord::state)
                .containsAnyOf(State.CANCELLED)
                .doesNotContain(State.COMPLETED, State.FAILED);
    }

    private static CallRecord notStarted(Purpose purpose) {
        return new CallRecord(purpose, "controlled", "m", 0, Usage.NONE, Usage.NONE, State.NOT_STARTED, false);
    }

    /** How a call that waits for a thread can end. */
    enum EndOfWait {
        CANCELLED,
        CLOSED,
        REASONING_EXPIRED,
        TURN_CANCELLED
    }

    @ParameterizedTest
    @EnumSource
    void doesNotCountACallThatNeverHadAThread(EndOfWait end) {
        NoThreads threads = new NoThreads();
        ModelCalls calls = fixture.calls(upstream, budget(30, 1000), threads);
        try (calls;
                ConcurrentCalls concurrent = calls.concurrent()) {
            concurrent.start(sample("a"));
            assertThat(calls.usedCalls()).isOne();
            switch (end) {
                case CANCELLED -> {
                    concurrent.cancel(0);
                    assertThat(concurrent.next()).isNull();
                }
                case REASONING_EXPIRED -> {
                    calls.expireReasoning();
                    assertThat(concurrent.next()).isInstanceOf(CallEvent.Ended.class);
                }
                case TURN_CANCELLED -> {
                    fixture.turn.cancel(ErrorCode.CLIENT_DISCONNECTED, "gone");
                    assertThatThrownBy(concurrent::next).isInstanceOf(CancelledException.class);
                }
                case CLOSED -> {} // at the end of the block
            }
        }
        assertThat(only()).isEqualTo(notStarted(Purpose.SAMPLE));
        assertThat(calls.usedCalls()).isZero();
        assertThat(fixture.ledger.calls()).isZero();
        threads.runAll(); // a thread is free at last
        assertThat(only()).isEqualTo(notStarted(Purpose.SAMPLE));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theChosenSampleIsTheAnswer(boolean whileOpen) {
        upstream.call("a").using(new Usage(10, 0, 5, 2)).text("x");
        upstream.call("b").using(new Usage(10, 0, 6, 0)).finish();
        try (ModelCalls calls = fixture.calls();
                ConcurrentCalls concurrent = calls.concurrent()) {
            concurrent.start(sample("a"));
            concurrent.next();
            concurrent.start(sample("b"));
            concurrent.next();
            if (whileOpen) {
                concurrent.markAsAnswer(0);
            }
            upstream.call("a").finish();
            readAll(concurrent);
            if (!whileOpen) {
                concurrent.markAsAnswer(0);
            }
        }
        assertThat(fixture.ledger.answerUsage()).isEqualTo(new Usage(10, 0, 5, 2));
        assertThat(fixture.ledger.totalUsage()).isEqualTo(new Usage(20, 0, 11, 8));
    }

    /** What is open when a turn ends, for instance because a strategy failed. */
    @Test
    void theEndOfATurnEndsItsCalls() {
        ModelCalls calls = fixture.calls();
        ConcurrentCalls concurrent = calls.concurrent();
        upstream.call("a").text("hello");
        concurrent.start(sample("a"));
        concurrent.next();
        calls.close();
        assertThat(only().state()).isEqualTo(State.CANCELLED);
        calls.close();
        assertThat(only().usage()).isEqualTo(new Usage(PROMPT, 0, 1, 0));
    }

    @Test
    void theEndOfATurnEndsItsSingleCall() {
        ModelCalls calls = fixture.calls();
        upstream.call("a").text("hello");
        calls.reasoningCall(ControlledUpstream.request("a")).iterator().next();
        calls.close();
        assertThat(only().state()).isEqualTo(State.CANCELLED);
    }

    @Test
    void anInterruptedTurnDoesNotWaitForUsage() {
        upstream.call("a").text("hello").ignoringCancellation();
        ModelCalls calls = fixture.calls();
        ConcurrentCalls concurrent = calls.concurrent();
        concurrent.start(sample("a"));
        concurrent.next();
        Thread.currentThread().interrupt();
        calls.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(only().usage()).isEqualTo(new Usage(PROMPT, 0, 1, 0));
        upstream.call("a").text("ends it");
    }
}
