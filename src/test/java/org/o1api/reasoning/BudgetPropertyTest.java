package org.o1api.reasoning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
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
import org.o1api.model.RawJson;
import org.o1api.model.TurnLedger;
import org.o1api.model.Usage;

/**
 * No schedule of delays, failures, sizes and slow clients exceeds a budget by more than the answer's call, or ends without an answer if a
 * sample is complete; and what is counted is what the provider has generated. For each strategy, with random schedules from fixed
 * seeds. The answer may be constrained, and not have the required format.
 */
@Tag("slow")
class BudgetPropertyTest {
    private static final int SCHEDULES = Integer.getInteger("o1api.schedules", 300);
    private static final Map<String, RawJson> JSON =
            Map.of("response_format", new RawJson("{\"type\":\"json_object\"}"));

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
        private final Map<String, RawJson> constraints;
        private final Random client;
        private final boolean isSlow;
        private final VirtualProvider provider;
        private final TurnLedger ledger = new TurnLedger((upstream, model) -> VirtualProvider.PRICE);
        private final Transcript out = new Transcript() {
            @Override
            public void flush() {
                super.flush();
                if (isSlow && client.nextInt(6) == 0) {
                    provider.block(client.nextInt(4000));
                }
                provider.advance();
            }
        };
        private int usedCalls;
        private boolean expired;
        private @Nullable GatewayException failure;

        Schedule(int seed, Preset preset) {
            Random random = new Random(seed);
            this.preset = preset;
            this.client = new Random(~seed);
            this.isSlow = client.nextInt(3) == 0;
            this.constraints = switch (client.nextInt(6)) {
                case 0, 1 -> Map.of("stop", new RawJson("[\"x\"]"));
                case 2 -> JSON;
                default -> Map.of();
            };
            this.provider = new VirtualProvider(seed, seed % 20 == 0);
            this.budget = new Budget(
                    1 + random.nextInt(12),
                    random.nextInt(3) == 0 ? 100_000 : 1 + random.nextInt(300),
                    random.nextInt(3) == 0 ? Duration.ofMillis(1 + random.nextInt(5000)) : Duration.ofDays(1),
                    client.nextInt(4),
                    random.nextInt(3) > 0 ? null : new BigDecimal(1 + random.nextInt(3000)).movePointLeft(6));
        }

        void check() {
            run();
            assertThat(ledger.records()).isNotEmpty(); // an answer's call is never refused
            Usage total = ledger.totalUsage();
            // Of a reply without usage, reasoning and answer are counted separately: at most one token more a call.
            int countedTwice = ledger.records().size();
            long arriving = provider.largestArrivals() + countedTwice;
            // The only call of a budget may be cut off before its answer.
            assertThat(usedCalls).isLessThanOrEqualTo(Math.max(2, budget.calls()));
            assertThat(ledger.attempts()).isLessThanOrEqualTo(usedCalls + budget.retries());
            BigDecimal answer = ofAnswer(used -> BigDecimal.valueOf(used.outputTokens()));
            assertThat(total.outputTokens()).isLessThanOrEqualTo(budget.tokens() + arriving + answer.longValue());
            if (budget.cost() != null) {
                BigDecimal piece = VirtualProvider.PRICE.cost(new Usage(7, 0, arriving, 0));
                assertThat(ledger.cost())
                        .isLessThanOrEqualTo(budget.cost().add(piece).add(ofAnswer(VirtualProvider.PRICE::cost)));
            }
            boolean sampleComplete = ledger.records().stream()
                    .anyMatch(call -> (call.purpose() == Purpose.SAMPLE || call.purpose() == Purpose.ANSWER)
                            && call.state() == State.COMPLETED
                            && provider.hasCompleteReply());
            if (sampleComplete && !(constraints.equals(JSON) && failure != null)) { // samples are no JSON
                if (!provider.hasClosingCall()) { // what it has shown before it broke off is not taken back
                    assertThat(failure).isNull();
                }
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
            Prompt prompt = new Prompt(List.of(Message.user("What is it?")), Map.of(), null, constraints, null);
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
         * What the answer's call used, with its repetitions after failures; or a sample that went on to become the answer and was cut off
         * or failed. If a closing call replaced the only call of {@code single}, both. If the answer is constrained none goes on. A
         * complete reply without the required format is replaced only if it did not exceed the budget.
         */
        private BigDecimal ofAnswer(Function<Usage, BigDecimal> value) {
            if (constraints.equals(JSON)) {
                return ofLastAnswer(value);
            }
            boolean isSingle = preset.strategy().name().equals("single");
            BigDecimal answer = Stream.concat(
                            values(value, Purpose.ANSWER),
                            isSingle && constraints.isEmpty() ? values(value, Purpose.STEP) : Stream.empty())
                    .reduce(BigDecimal::add)
                    .orElse(BigDecimal.ZERO);
            return constraints.isEmpty() ? values(value, Purpose.SAMPLE).reduce(answer, BigDecimal::max) : answer;
        }

        private BigDecimal ofLastAnswer(Function<Usage, BigDecimal> value) {
            BigDecimal answer = BigDecimal.ZERO;
            boolean complete = false;
            for (CallRecord call : ledger.records()) {
                if (call.purpose() == Purpose.ANSWER) {
                    answer = (complete ? BigDecimal.ZERO : answer).add(value.apply(call.totalUsage()));
                    complete = call.state() == State.COMPLETED;
                }
            }
            return answer;
        }

        private Stream<BigDecimal> values(Function<Usage, BigDecimal> value, Purpose purpose) {
            return ledger.records().stream()
                    .filter(call -> call.purpose() == purpose)
                    .map(call -> value.apply(call.totalUsage()));
        }
    }
}
