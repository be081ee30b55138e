package org.o1api.reasoning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.o1api.reasoning.ConcurrentFixture.budget;
import static org.o1api.reasoning.ConcurrentFixture.call;
import static org.o1api.reasoning.ConcurrentFixture.sample;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.o1api.model.CallRecord.Purpose;
import org.o1api.model.CancelledException;
import org.o1api.model.Delta;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.Usage;
import org.o1api.reasoning.ConcurrentFixture.NoThreads;
import org.o1api.upstream.UpstreamException;

/** What a strategy sees of concurrent calls. */
class ConcurrentCallsTest {
    private final ConcurrentFixture fixture = new ConcurrentFixture();
    private final ControlledUpstream upstream = fixture.upstream;
    private final UpstreamException failure =
            new UpstreamException(ErrorCode.UPSTREAM_FAILED, "It broke.", false, null);
    private final NoThreads noThreads = new NoThreads();

    @AfterEach
    void close() {
        fixture.close();
    }

    private static String text(@Nullable CallEvent event) {
        if (event == null) {
            return "none";
        }
        if (event instanceof CallEvent.Piece piece) {
            return piece.index() + ": " + ((Delta.Text) piece.delta()).text();
        }
        return event instanceof CallEvent.Ended ended
                ? ended.index() + " " + ended.reason()
                : event.index() + " failed: "
                        + ((CallEvent.Failed) event).cause().getMessage();
    }

    private static List<String> rest(ConcurrentCalls concurrent) {
        List<String> events = new ArrayList<>();
        for (CallEvent event = concurrent.next(); event != null; event = concurrent.next()) {
            events.add(text(event));
        }
        return events;
    }

    @Test
    void reportsTheEventsInOrderOfArrival() {
        try (ConcurrentCalls concurrent = fixture.calls().concurrent()) {
            assertThat(concurrent.start(sample("a"))).isZero();
            assertThat(concurrent.start(sample("b"))).isOne();
            upstream.call("b").text("1");
            assertThat(concurrent.next()).isEqualTo(new CallEvent.Piece(1, new Delta.Text("1")));
            upstream.call("a").text("2");
            assertThat(concurrent.next()).isEqualTo(new CallEvent.Piece(0, new Delta.Text("2")));
            upstream.call("b").text("3").finish(FinishReason.LENGTH);
            assertThat(text(concurrent.next())).isEqualTo("1: 3");
            assertThat(concurrent.next()).isEqualTo(new CallEvent.Ended(1, FinishReason.LENGTH));
            assertThat(concurrent.start(sample("c"))).isEqualTo(2);
            upstream.call("c").finish();
            assertThat(text(concurrent.next())).isEqualTo("2 STOP");
            upstream.call("a").finish();
            assertThat(rest(concurrent)).containsExactly("0 STOP");
            assertThat(concurrent.next()).isNull();
        }
    }

    @Test
    void hasNoEventWithoutACall() {
        try (ConcurrentCalls concurrent = fixture.calls().concurrent()) {
            assertThat(concurrent.next()).isNull();
        }
    }

    @Test
    void runsAllCallsAtTheSameTime() throws InterruptedException {
        try (ConcurrentCalls concurrent = fixture.calls().concurrent()) {
            for (String name : List.of("a", "b", "c", "d")) {
                concurrent.start(sample(name));
            }
            for (String name : List.of("a", "b", "c", "d")) {
                upstream.call(name).awaitOpened();
            }
            assertThat(upstream.openCalls()).isEqualTo(4);
        }
    }

    @Test
    void oneFailureDoesNotFailTheRest() {
        try (ConcurrentCalls concurrent = fixture.calls().concurrent()) {
            concurrent.start(sample("a"));
            concurrent.start(sample("b"));
            concurrent.start(sample("c"));
            upstream.call("a").fail(failure);
            assertThat(concurrent.next()).isEqualTo(new CallEvent.Failed(0, failure));
            upstream.call("b").text("half").fail(failure);
            assertThat(text(concurrent.next())).isEqualTo("1: half");
            assertThat(concurrent.next()).isEqualTo(new CallEvent.Failed(1, failure));
            upstream.call("c").text("whole").finish();
            assertThat(rest(concurrent)).containsExactly("2: whole", "2 STOP");
        }
    }

    /** All that arrived before is read without a flush; then the client gets it, and only then the turn waits. */
    @Test
    void flushesTheClientOnlyBeforeItWaits() {
        List<String> journal = new ArrayList<>();
        Transcript client = new Transcript() {
            @Override
            public void flush() {
                journal.add("flush");
                noThreads.runAll();
            }

            @Override
            public void accepted() {
                journal.add("accepted");
            }
        };
        ModelCalls calls = new ModelCalls(
                upstream, ScriptedUpstream.TURN, fixture.turn, budget(30, 1000), client, fixture.ledger, noThreads);
        try (ConcurrentCalls concurrent = calls.concurrent()) {
            upstream.call("a").text("1").text("2").finish();
            upstream.call("b").text("3").finish();
            concurrent.start(sample("a"));
            for (CallEvent event = concurrent.next(); event != null; event = concurrent.next()) {
                journal.add(text(event));
                if (journal.contains("0 STOP") && journal.size() < 6) {
                    concurrent.start(sample("b"));
                }
            }
            assertThat(journal)
                    .containsExactly("flush", "accepted", "0: 1", "0: 2", "0 STOP", "flush", "1: 3", "1 STOP");
        }
    }

    @Test
    void reportsTheFirstAcceptedCallOnTheTurnsThread() {
        List<Thread> threads = new ArrayList<>();
        Transcript client = new Transcript() {
            @Override
            public void accepted() {
                threads.add(Thread.currentThread());
            }
        };
        try (ModelCalls calls = new ModelCalls(
                        upstream,
                        ScriptedUpstream.TURN,
                        fixture.turn,
                        budget(30, 1000),
                        client,
                        fixture.ledger,
                        fixture.threads());
                ConcurrentCalls concurrent = calls.concurrent()) {
            upstream.call("a").finish();
            upstream.call("b").finish();
            concurrent.start(sample("a"));
            concurrent.start(sample("b"));
            assertThat(rest(concurrent)).containsExactlyInAnyOrder("0 STOP", "1 STOP");
        }
        assertThat(threads).containsExactly(Thread.currentThread());
    }

    @Test
    void saysWhetherAReplyStartsInReasoning() {
        try (ConcurrentCalls concurrent = fixture.calls().concurrent()) {
            upstream.call("a").startingInReasoning().text("Hm");
            concurrent.start(sample("a"));
            concurrent.next();
            assertThat(concurrent.startsThinking(0)).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"1, STEP, 0", "2, STEP, 1", "4, STEP, 3", "1, SAMPLE, 1", "3, SAMPLE, 3", "1, ANSWER, 1"})
    void startsNoMoreCallsThanTheBudgetHas(int budgetCalls, Purpose purpose, int started) {
        ModelCalls calls = fixture.calls(budget(budgetCalls, 1000));
        try (ConcurrentCalls concurrent = calls.concurrent()) {
            for (int i = 0; i < started; i++) {
                assertThat(concurrent.start(call("a" + i, purpose))).isEqualTo(i);
            }
            assertThat(concurrent.start(call("a", purpose))).isEqualTo(-1);
            assertThat(calls.usedCalls()).isEqualTo(started);
        }
    }

    @ParameterizedTest
    @CsvSource({"STEP, -1", "SAMPLE, -1", "JUDGE, -1", "ANSWER, 1"})
    void startsNoReasoningWhenTheTokensAreUsedUp(Purpose purpose, int index) {
        try (ConcurrentCalls concurrent = fixture.calls(budget(30, 7)).concurrent()) {
            upstream.call("a").using(new Usage(1, 0, 7, 0)).finish();
            concurrent.start(call("a", purpose));
            assertThat(rest(concurrent)).containsExactly("0 STOP");
            assertThat(concurrent.usage(0)).isEqualTo(new Usage(1, 0, 7, 0));
            assertThat(concurrent.start(call("b", purpose))).isEqualTo(index);
        }
    }

    @ParameterizedTest
    @CsvSource({"STEP, -1", "SAMPLE, -1", "ANSWER, 0"})
    void startsNoReasoningWhenItsTimeIsUsedUp(Purpose purpose, int index) {
        ModelCalls calls = fixture.calls();
        calls.expireReasoning();
        try (ConcurrentCalls concurrent = calls.concurrent()) {
            assertThat(concurrent.start(call("a", purpose))).isEqualTo(index);
        }
    }

    @Test
    void startsNothingInACancelledTurn() {
        try (ConcurrentCalls concurrent = fixture.calls().concurrent()) {
            fixture.turn.cancel(ErrorCode.CLIENT_DISCONNECTED, "gone");
            assertThatThrownBy(() -> concurrent.start(sample("a")))
                    .isInstanceOf(CancelledException.class)
                    .hasMessage("gone");
        }
        assertThat(fixture.ledger.records()).isEmpty();
    }

    @Test
    void aCancelledCallHasNoFurtherEvents() {
        try (ConcurrentCalls concurrent = fixture.calls().concurrent()) {
            concurrent.start(sample("a"));
            concurrent.start(sample("b"));
            upstream.call("a").text("1");
            concurrent.next();
            concurrent.cancel(0);
            concurrent.cancel(0);
            upstream.call("b").text("2");
            assertThat(text(concurrent.next())).isEqualTo("1: 2");
            concurrent.cancel(1);
            assertThat(concurrent.next()).isNull();
        }
    }

    @Test
    void keepsOnlyTheWinner() {
        try (ConcurrentCalls concurrent = fixture.calls().concurrent()) {
            for (String name : List.of("a", "b", "c")) {
                concurrent.start(sample(name));
            }
            concurrent.keepOnly(1);
            upstream.call("b").text("2").finish();
            assertThat(rest(concurrent)).containsExactly("1: 2", "1 STOP");
            concurrent.keepOnly(1); // no effect on what has ended
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "ANSWER")
    void endsReasoningWhenItsTimeIsUsedUp(Purpose purpose) {
        ModelCalls calls = fixture.calls();
        try (ConcurrentCalls concurrent = calls.concurrent()) {
            concurrent.start(call("a", purpose));
            concurrent.start(call("b", purpose));
            upstream.call("a").text("1");
            concurrent.next();
            calls.expireReasoning();
            assertThat(rest(concurrent)).containsExactlyInAnyOrder("0 LENGTH", "1 LENGTH");
        }
    }

    @Test
    void aStartedAnswerEndsWhenTheTurnsTimeIsUsedUp() {
        ModelCalls calls = fixture.calls();
        try (ConcurrentCalls concurrent = calls.concurrent()) {
            concurrent.start(call("a", Purpose.ANSWER));
            upstream.call("a").text("Be");
            concurrent.next();
            calls.expireTurn();
            assertThat(rest(concurrent)).containsExactly("0 LENGTH");
        }
    }

    @ParameterizedTest
    @EnumSource
    void failsWhenTheTurnsTimeIsUsedUpBeforeAnAnswer(Purpose purpose) {
        ModelCalls calls = fixture.calls();
        try (ConcurrentCalls concurrent = calls.concurrent()) {
            concurrent.start(call("a", purpose));
            calls.expireTurn();
            assertThatThrownBy(concurrent::next)
                    .isInstanceOfSatisfying(
                            CancelledException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UPSTREAM_TIMEOUT));
        }
    }

    /** The client's thread cancels the turn while the turn's thread waits. No call has a thread. */
    @Test
    void aCancelledTurnEndsTheWaitWithoutAnyThread() {
        Transcript client = new Transcript() {
            @Override
            public void flush() {
                new Thread(() -> fixture.turn.cancel(ErrorCode.CLIENT_DISCONNECTED, "gone")).start();
            }
        };
        try (ModelCalls calls = new ModelCalls(
                        upstream,
                        ScriptedUpstream.TURN,
                        fixture.turn,
                        budget(30, 1000),
                        client,
                        fixture.ledger,
                        noThreads);
                ConcurrentCalls concurrent = calls.concurrent()) {
            concurrent.start(sample("a"));
            assertThatThrownBy(concurrent::next)
                    .isInstanceOf(CancelledException.class)
                    .hasMessage("gone");
        }
    }

    @Test
    void anInterruptEndsTheWait() {
        try (ConcurrentCalls concurrent =
                fixture.calls(upstream, budget(30, 1000), noThreads).concurrent()) {
            concurrent.start(sample("a"));
            Thread.currentThread().interrupt();
            assertThatThrownBy(concurrent::next).isInstanceOf(CancelledException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void forbidsOtherCallsOfTheTurnWhileAnyIsOpen() {
        ModelCalls calls = fixture.calls();
        ConcurrentCalls first = calls.concurrent();
        first.start(sample("a"));
        assertThatThrownBy(() -> calls.answerCall(ControlledUpstream.request("b")))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(calls::concurrent).isInstanceOf(IllegalStateException.class);
        first.cancel(0);
        try (ConcurrentCalls second = calls.concurrent()) {
            assertThatThrownBy(() -> first.start(sample("c"))).isInstanceOf(IllegalStateException.class);
            upstream.call("d").finish();
            second.start(sample("d"));
            assertThat(rest(second)).containsExactly("0 STOP");
        }
        calls.close();
        assertThatThrownBy(() -> calls.reasoningCall(ControlledUpstream.request("b")))
                .isInstanceOf(IllegalStateException.class);
    }
}
