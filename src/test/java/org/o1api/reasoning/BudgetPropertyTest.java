package org.o1api.reasoning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.o1api.Gateway;
import org.o1api.config.Config;
import org.o1api.model.Budget;
import org.o1api.model.CallRecord;
import org.o1api.model.CallRecord.Purpose;
import org.o1api.model.CallRecord.State;
import org.o1api.model.Cancellation;
import org.o1api.model.GatewayException;
import org.o1api.model.Message;
import org.o1api.model.TurnLedger;
import org.o1api.model.Usage;

/**
 * No schedule of delays, failures and sizes exceeds a budget by more than the answer's call, or ends without an answer if a sample is
 * complete; and what is counted is what the provider has generated. For each strategy, with random schedules from fixed seeds.
 */
class BudgetPropertyTest {
    private static final int SCHEDULES = 1000;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    static Stream<String> strategies() {
        return Gateway.STRATEGIES.stream().map(StrategyType::name);
    }

    @AfterEach
    void stop() {
        threads.shutdown();
        await().atMost(Duration.ofSeconds(30)).until(threads::isTerminated);
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void noScheduleExceedsItsBudgetOrLosesACompleteSample(String name) {
        Preset preset = Config.parse(
                        "test", "presets: { p: { strategy: " + name + " } }", key -> null, Gateway.STRATEGIES)
                .presets()
                .named("p")
                .orElseThrow();
        for (int seed = 0; seed < SCHEDULES; seed++) {
            try {
                new Schedule(seed, preset).check();
            } catch (Throwable e) {
                throw new AssertionError("strategy " + name + ", seed " + seed, e);
            }
        }
    }

    /** One turn. */
    private final class Schedule {
        private final Preset preset;
        private final Budget budget;
        private final VirtualProvider provider;
        private final TurnLedger ledger = new TurnLedger((upstream, model) -> VirtualProvider.PRICE);
        private final Transcript out = new Transcript() {
            @Override
            public void flush() {
                super.flush();
                provider.advance();
            }
        };
        private int usedCalls;
        private boolean expired;
        private @Nullable GatewayException failure;

        Schedule(int seed, Preset preset) {
            Random random = new Random(seed);
            this.preset = preset;
            this.provider = new VirtualProvider(seed);
            this.budget = new Budget(
                    1 + random.nextInt(12),
                    random.nextInt(3) == 0 ? 100_000 : 1 + random.nextInt(300),
                    random.nextInt(3) == 0 ? Duration.ofMillis(1 + random.nextInt(5000)) : Duration.ofDays(1),
                    0,
                    random.nextInt(3) > 0 ? null : new BigDecimal(1 + random.nextInt(3000)).movePointLeft(6));
        }

        void check() {
            run();
            assertThat(ledger.records()).isNotEmpty(); // an answer's call is never refused
            Usage total = ledger.totalUsage();
            // Of a reply without usage, reasoning and answer are counted separately: at most one token more a call.
            int countedTwice = ledger.records().size();
            long largest = provider.largestArrival() + countedTwice;
            assertThat(usedCalls).isLessThanOrEqualTo(budget.calls() + 1);
            BigDecimal answer = ofAnswer(used -> BigDecimal.valueOf(used.outputTokens()));
            assertThat(total.outputTokens()).isLessThanOrEqualTo(budget.tokens() + largest + answer.longValue());
            if (budget.cost() != null) {
                BigDecimal piece = VirtualProvider.PRICE.cost(new Usage(7, 0, largest, 0));
                assertThat(ledger.cost())
                        .isLessThanOrEqualTo(budget.cost().add(piece).add(ofAnswer(VirtualProvider.PRICE::cost)));
            }
            boolean sampleComplete = ledger.records().stream()
                    .anyMatch(call -> (call.purpose() == Purpose.SAMPLE || call.purpose() == Purpose.ANSWER)
                            && call.state() == State.COMPLETED
                            && provider.hasCompleteReply());
            if (sampleComplete) {
                assertThat(failure).isNull();
                assertThat(out.answer()).isNotEmpty();
            }
            if (!expired) { // otherwise nothing waits for the tokenizer
                assertThat(total.inputTokens()).isEqualTo(provider.used().inputTokens());
                assertThat(total.outputTokens())
                        .isBetween(
                                provider.used().outputTokens(), provider.used().outputTokens() + countedTwice);
            }
        }

        private void run() {
            Prompt prompt = new Prompt(List.of(Message.user("What is it?")), Map.of(), null, Map.of(), null);
            try (ModelCalls calls = new ModelCalls(
                    provider,
                    ScriptedUpstream.TURN,
                    new Cancellation(),
                    budget,
                    out,
                    ledger,
                    provider.counting(threads))) {
                provider.at(budget.reasoningTime().toMillis(), calls::expireReasoning);
                provider.at(budget.time().toMillis() + 1, () -> {
                    expired = true;
                    calls.expireTurn();
                });
                try {
                    preset.strategy().run(new TurnContext(prompt, preset, calls, out.log()));
                } catch (GatewayException e) {
                    failure = e;
                }
                usedCalls = calls.usedCalls();
            }
        }

        /**
         * What the answer's call used: the highest value of all calls, since a sample that goes on to become the answer can fail or be cut
         * off. If a closing call replaced it, both.
         */
        private BigDecimal ofAnswer(Function<Usage, BigDecimal> value) {
            if (provider.hasClosingCall()) {
                return max(value, call -> call.purpose() == Purpose.ANSWER)
                        .add(max(value, call -> call.purpose() != Purpose.ANSWER));
            }
            return max(value, call -> true);
        }

        private BigDecimal max(Function<Usage, BigDecimal> value, Predicate<CallRecord> condition) {
            return ledger.records().stream()
                    .filter(condition)
                    .map(call -> value.apply(call.totalUsage()))
                    .max(Comparator.naturalOrder())
                    .orElse(BigDecimal.ZERO);
        }
    }
}
