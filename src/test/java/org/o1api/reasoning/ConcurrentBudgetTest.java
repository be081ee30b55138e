package org.o1api.reasoning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.o1api.reasoning.ConcurrentFixture.budget;
import static org.o1api.reasoning.ConcurrentFixture.call;
import static org.o1api.reasoning.ConcurrentFixture.sample;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.model.Budget;
import org.o1api.model.CallRecord;
import org.o1api.model.CallRecord.Purpose;
import org.o1api.model.CallRecord.State;
import org.o1api.model.EndedBy;
import org.o1api.model.FinishReason;
import org.o1api.model.Price;
import org.o1api.model.Usage;

/** What happens to concurrent calls when tokens, money or calls are used up. */
class ConcurrentBudgetTest {
    /** A token that the gateway estimates as two. */
    private static final String TOKEN = " words";

    private final ConcurrentFixture fixture = new ConcurrentFixture();
    private final ControlledUpstream upstream = fixture.upstream;

    @AfterEach
    void close() {
        fixture.close();
    }

    private static List<String> read(ConcurrentCalls concurrent) {
        List<String> events = new ArrayList<>();
        for (CallEvent event = concurrent.next(); event != null; event = concurrent.next()) {
            events.add(describe(event));
        }
        return events;
    }

    private static String describe(CallEvent event) {
        return event.index()
                + (event instanceof CallEvent.Ended ended
                        ? " " + ended.reason()
                        : event instanceof CallEvent.Failed ? " failed" : "");
    }

    private void send(String name, int tokens) {
        for (int i = 0; i < tokens; i++) {
            upstream.call(name).text(TOKEN);
        }
    }

    @Test
    void aCompleteSampleEndsTheOthersWhenTheTokensAreUsedUp() throws InterruptedException {
        ModelCalls calls = fixture.calls(budget(30, 20));
        try (ConcurrentCalls concurrent = calls.concurrent()) {
            for (String name : List.of("a", "b", "c")) {
                concurrent.start(sample(name));
                upstream.call(name).awaitOpened();
            }
            send("a", 5);
            upstream.call("a").finish();
            for (int i = 0; i < 6; i++) {
                concurrent.next();
            }
            assertThat(calls.exhausted()).isNull();
            send("b", 100);
            assertThat(read(concurrent)).contains("1 LENGTH", "2 LENGTH");
            assertThat(calls.exhausted()).isEqualTo(EndedBy.BUDGET_TOKENS);
            assertThat(concurrent.start(sample("d"))).isEqualTo(-1);
        }
        assertThat(fixture.ledger.totalUsage().outputTokens()).isBetween(18L, 20L);
        assertThat(fixture.ledger.records())
                .extracting(CallRecord::state)
                .containsExactly(State.COMPLETED, State.CANCELLED, State.CANCELLED);
    }

    @Test
    void theLongestSampleGoesOnIfNoneIsComplete() {
        ModelCalls calls = fixture.calls(budget(30, 20));
        try (ConcurrentCalls concurrent = calls.concurrent()) {
            concurrent.start(call("judge", Purpose.JUDGE));
            concurrent.start(sample("b"));
            concurrent.start(sample("c"));
            send("b", 2);
            send("c", 3);
            for (int i = 0; i < 5; i++) {
                concurrent.next();
            }
            send("judge", 100);
            List<String> ended = new ArrayList<>();
            while (ended.size() < 2) {
                CallEvent event = concurrent.next();
                assertThat(event).isNotNull();
                if (event instanceof CallEvent.Ended) {
                    ended.add(describe(event));
                }
            }
            assertThat(ended).containsExactlyInAnyOrder("0 LENGTH", "1 LENGTH");
            assertThat(concurrent.hasExceededBudget()).isFalse();
            send("c", 40);
            upstream.call("c").finish();
            assertThat(read(concurrent)).endsWith("2 STOP");
            assertThat(concurrent.hasExceededBudget()).isTrue();
        }
    }

    /** What a provider reports is more than what was received, for instance because it hides the model's reasoning. */
    @Test
    void theUsageOfACallThatHasEndedEndsTheOthersAtOnce() {
        ModelCalls calls = fixture.calls(budget(30, 100));
        try (ConcurrentCalls concurrent = calls.concurrent()) {
            concurrent.start(sample("a"));
            concurrent.start(sample("silent"));
            upstream.call("a").text("x").using(new Usage(10, 0, 200, 199)).finish();
            assertThat(read(concurrent)).containsExactly("0", "0 STOP", "1 LENGTH");
        }
        assertThat(calls.exhausted()).isEqualTo(EndedBy.BUDGET_TOKENS);
    }

    @Test
    void theUsageOfAFailedAttemptCounts() {
        ModelCalls calls = fixture.calls(budget(30, 100));
        try (ConcurrentCalls concurrent = calls.concurrent()) {
            concurrent.start(call("a", Purpose.JUDGE));
            upstream.call("a").loseAttempt(new Usage(10, 0, 200, 0));
            assertThat(read(concurrent)).containsExactly("0 LENGTH");
        }
    }

    @Test
    void anAnswerGoesOnWhenTheTokensAreUsedUp() {
        ModelCalls calls = fixture.calls(budget(30, 10));
        try (ConcurrentCalls concurrent = calls.concurrent()) {
            concurrent.start(call("a", Purpose.ANSWER));
            send("a", 30);
            upstream.call("a").finish();
            assertThat(read(concurrent)).hasSize(31).endsWith("0 STOP");
        }
        assertThat(calls.exhausted()).isNull();
    }

    @Test
    void startsNoCallThatWouldLeaveTooFewForTheRest() {
        ModelCalls calls = fixture.calls(budget(3, 1000));
        try (ConcurrentCalls concurrent = calls.concurrent()) {
            assertThat(concurrent.start(sample("a"), 1)).isZero();
            assertThat(concurrent.start(sample("b"), 1)).isOne();
            assertThat(calls.exhausted()).isNull();
            assertThat(concurrent.start(sample("c"), 1)).isEqualTo(-1);
            assertThat(calls.exhausted()).isEqualTo(EndedBy.BUDGET_CALLS);
            assertThat(concurrent.start(call("judge", Purpose.JUDGE))).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SAMPLE", "JUDGE"})
    void saysThatTheTimeIsUsedUp(Purpose purpose) {
        ModelCalls calls = fixture.calls();
        try (ConcurrentCalls concurrent = calls.concurrent()) {
            concurrent.start(call("a", purpose));
            calls.expireReasoning();
            assertThat(read(concurrent)).containsExactly("0 LENGTH");
        }
        assertThat(calls.exhausted()).isEqualTo(EndedBy.BUDGET_TIME);
    }

    private ModelCalls callsWithin(String cost) {
        fixture.price = new Price(BigDecimal.ONE, BigDecimal.ONE, BigDecimal.ONE, BigDecimal.TEN);
        return fixture.calls(new Budget(30, 1_000_000, Duration.ofMinutes(5), 6, new BigDecimal(cost)));
    }

    @Test
    void countsTheInputOfOpenCallsAndOfTheNextOne() {
        ModelCalls calls = callsWithin("0.000020"); // the input of a call is 7 tokens
        try (ConcurrentCalls concurrent = calls.concurrent()) {
            assertThat(concurrent.start(sample("a"))).isZero();
            assertThat(concurrent.start(sample("b"))).isOne();
            assertThat(concurrent.start(sample("c"))).isEqualTo(-1);
            assertThat(calls.exhausted()).isEqualTo(EndedBy.BUDGET_COST);
        }
    }

    @Test
    void startsTheFirstSampleWhateverItCosts() {
        try (ConcurrentCalls concurrent = callsWithin("0.000001").concurrent()) {
            assertThat(concurrent.start(call("judge", Purpose.JUDGE))).isEqualTo(-1);
        }
        try (ConcurrentCalls concurrent = callsWithin("0.000001").concurrent()) {
            assertThat(concurrent.start(sample("a"))).isZero();
            assertThat(concurrent.start(sample("b"))).isEqualTo(-1);
            send("a", 30);
            upstream.call("a").finish();
            assertThat(read(concurrent)).hasSize(31).endsWith("0 STOP");
        }
    }

    @Test
    void endsCallsWhenTheMoneyIsUsedUp() {
        ModelCalls calls = callsWithin("0.000114"); // two calls' input and ten tokens
        try (ConcurrentCalls concurrent = calls.concurrent()) {
            concurrent.start(sample("a"));
            concurrent.start(sample("b"));
            send("a", 2);
            upstream.call("a").finish();
            for (int i = 0; i < 3; i++) {
                concurrent.next();
            }
            send("b", 50);
            assertThat(read(concurrent)).endsWith("1 LENGTH");
        }
        assertThat(calls.exhausted()).isEqualTo(EndedBy.BUDGET_COST);
        assertThat(fixture.ledger.cost()).isBetween(new BigDecimal("0.000094"), new BigDecimal("0.000114"));
    }

    @Test
    void aFinishReasonOtherThanAnEndIsNotAnAnswer() {
        ModelCalls calls = fixture.calls(budget(30, 20));
        try (ConcurrentCalls concurrent = calls.concurrent()) {
            concurrent.start(sample("truncated"));
            upstream.call("truncated").text(TOKEN).finish(FinishReason.LENGTH);
            concurrent.start(sample("b"));
            concurrent.next();
            concurrent.next();
            send("b", 40);
            upstream.call("b").finish();
            assertThat(read(concurrent)).hasSize(41).endsWith("1 STOP");
        }
    }
}
