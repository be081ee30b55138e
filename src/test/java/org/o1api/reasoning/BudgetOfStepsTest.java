package org.o1api.reasoning;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.o1api.model.Budget;
import org.o1api.model.BudgetUse;
import org.o1api.model.Cancellation;
import org.o1api.model.Delta;
import org.o1api.model.Effort;
import org.o1api.model.EndedBy;
import org.o1api.model.FinishReason;
import org.o1api.model.Price;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnLedger;
import org.o1api.reasoning.ScriptedUpstream.Reply;
import org.o1api.upstream.Call;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.DefaultEffortUpstream;
import org.o1api.upstream.FallbackUpstream;
import org.o1api.upstream.Upstream;

/** The budget of calls that are made one after the other, and its trace. */
class BudgetOfStepsTest {
    private static final CallRequest REQUEST = ControlledUpstream.request("hello world");
    private static final Price PRICE = new Price(BigDecimal.ONE, BigDecimal.ONE, BigDecimal.ONE, BigDecimal.TEN);

    private final List<BudgetUse> trace = new ArrayList<>();
    private final AtomicLong nanoTime = new AtomicLong();
    private final Transcript out = new Transcript() {
        @Override
        public boolean isTraced() {
            return true;
        }

        @Override
        public void trace(TurnEvent event) {
            trace.add(((TurnEvent.BudgetUsed) event).use());
        }
    };
    private final TurnLedger ledger = new TurnLedger((upstream, model) -> PRICE);

    private ModelCalls calls(long tokens, String cost, Reply... replies) {
        return calls(tokens, cost, ScriptedUpstream.answering(replies), ledger);
    }

    private ModelCalls calls(long tokens, String cost, Upstream upstream, TurnLedger ledger) {
        Budget budget = new Budget(30, tokens, Duration.ofMinutes(5), 6, new BigDecimal(cost));
        return new ModelCalls(
                upstream, ScriptedUpstream.TURN, new Cancellation(), budget, out, ledger, Runnable::run, nanoTime::get);
    }

    private static Reply reply(int tokens) {
        Delta[] deltas = new Delta[tokens];
        Arrays.fill(deltas, new Delta.Text(" words"));
        return Reply.of(deltas);
    }

    private int read(Call call) {
        try (call) {
            int pieces = 0;
            for (Delta delta : call) {
                assertThat(delta).isNotNull();
                pieces++;
                nanoTime.addAndGet(Duration.ofMillis(400).toNanos());
            }
            return pieces;
        }
    }

    @Test
    void endsAStepWhenTheTokensAreUsedUp() {
        ModelCalls calls = calls(10, "1", reply(50), reply(50));
        Call step = calls.reasoningCall(REQUEST);
        assertThat(read(step)).isEqualTo(10);
        assertThat(step.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(calls.exhausted()).isEqualTo(EndedBy.BUDGET_TOKENS);
        assertThat(calls.hasBudgetForStep()).isFalse();
        assertThat(read(calls.answerCall(REQUEST))).isEqualTo(50);
        assertThat(ledger.totalUsage().outputTokens()).isEqualTo(60);
    }

    @Test
    void endsAStepWhenTheMoneyIsUsedUp() {
        ModelCalls calls = calls(1000, "0.000108", reply(50)); // 8 tokens of input, 10 of output
        assertThat(read(calls.reasoningCall(REQUEST))).isEqualTo(10);
        assertThat(calls.exhausted()).isEqualTo(EndedBy.BUDGET_COST);
        assertThat(ledger.cost()).isEqualByComparingTo("0.000108");
    }

    @Test
    void makesNoStepWhoseInputCostsMoreThanWhatIsLeft() {
        ModelCalls calls = calls(1000, "0.000008", reply(50));
        assertThat(calls.hasBudgetForStep()).isTrue();
        assertThat(read(calls.reasoningCall(REQUEST))).isZero();
        assertThat(calls.hasBudgetForStep()).isFalse();
        assertThat(calls.exhausted()).isEqualTo(EndedBy.BUDGET_COST);
        assertThat(ledger.records()).isEmpty();
    }

    static List<UnaryOperator<Upstream>> waysToCallAnUpstream() {
        return List.of(
                UnaryOperator.identity(),
                upstream -> new FallbackUpstream(List.of(upstream, upstream)),
                upstream -> new DefaultEffortUpstream(upstream, Effort.LOW),
                upstream -> new DefaultEffortUpstream(new FallbackUpstream(List.of(upstream, upstream)), Effort.LOW),
                upstream -> new FallbackUpstream(List.of(new FallbackUpstream(List.of(upstream, upstream)))));
    }

    @ParameterizedTest
    @MethodSource("waysToCallAnUpstream")
    void knowsThePricesOfAllUpstreamsThatMayAnswer(UnaryOperator<Upstream> wrapper) {
        TurnLedger scripted = new TurnLedger((upstream, model) -> upstream.equals("scripted") ? PRICE : null);
        ModelCalls calls = calls(1000, "0.000008", wrapper.apply(ScriptedUpstream.answering(reply(50))), scripted);
        assertThat(read(calls.reasoningCall(REQUEST))).isZero();
        assertThat(calls.exhausted()).isEqualTo(EndedBy.BUDGET_COST);
        assertThat(scripted.records()).isEmpty();
    }

    @Test
    void tracesWhatIsUsedAtMostOnceASecond() {
        ModelCalls calls = calls(1000, "1", reply(5));
        read(calls.answerCall(REQUEST));
        assertThat(trace).extracting(BudgetUse::time).containsExactly(Duration.ZERO, Duration.ofMillis(1200));
        assertThat(trace).extracting(BudgetUse::calls).containsExactly(1, 1);
        assertThat(trace.get(1).tokens()).isBetween(3L, 6L);
        assertThat(trace.get(1).cost()).isGreaterThan(new BigDecimal("0.000030"));
    }
}
