package org.o1api.reasoning.vote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.Gateway;
import org.o1api.config.Config;
import org.o1api.model.Budget;
import org.o1api.model.Cancellation;
import org.o1api.model.EndedBy;
import org.o1api.model.TurnSummary.Samples;
import org.o1api.reasoning.HangingUpstream;
import org.o1api.reasoning.ModelCalls;
import org.o1api.reasoning.SamplingFixture;
import org.o1api.reasoning.Strategy;
import org.o1api.reasoning.sampling.VoteNotes;

/** Samples of which the provider accepts the call, and sends nothing. */
class SilentSamplesTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final String SEVEN = SamplingFixture.sample("7");

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicLong clock = new AtomicLong();
    private final SamplingFixture turn = new SamplingFixture(threads).nanoTime(clock::get);

    @AfterEach
    void stop() {
        turn.close();
    }

    private static Strategy strategy(String name) {
        return Config.parse("test", "presets: { p: { strategy: " + name + " } }", key -> null, Gateway.STRATEGIES)
                .presets()
                .named("p")
                .orElseThrow()
                .strategy();
    }

    private static HangingUpstream hangingIn(List<Integer> samples) {
        return new HangingUpstream(
                samples.size(), (request, context) -> samples.contains(context.number()) ? null : SEVEN);
    }

    private String ends() {
        Samples report = Objects.requireNonNull(turn.report().samples());
        return report.started() + " " + report.completed() + " " + report.cancelled() + " " + report.failed();
    }

    /** The samples that are silent, by number, the turn's retries, and how all samples ended. */
    @ParameterizedTest
    @CsvSource({
        "vote, 3,   6, 5 4 0 1, DECIDED",
        "vote, 0,   6, 5 4 0 1, DECIDED",
        "vote, 1 2, 6, 6 4 0 2, DECIDED",
        "vote, 3,   0, 4 3 0 1, ANSWERED",
        "auto, 0,   6, 5 4 0 1, DECIDED",
        "auto, 1,   6, 5 4 0 1, DECIDED"
    })
    void areReplacedWhenAllOthersHaveEnded(String name, String samples, int retries, String ends, EndedBy why) {
        List<Integer> silent =
                Stream.of(samples.split(" ")).map(Integer::valueOf).toList();
        HangingUpstream upstream = hangingIn(silent).sendingNothing();
        int others = (name.equals("vote") ? 4 : 2) - silent.size();
        turn.budget(new Budget(30, 50_000, Duration.ofMinutes(5), retries)).onFlush(calls -> {
            upstream.awaitHanging();
            boolean isSilent = !upstream.hanging().stream().allMatch(Cancellation::isCancelled);
            if (isSilent && turn.ends().size() >= others) {
                clock.addAndGet(Duration.ofSeconds(10).toNanos());
            }
        });

        turn.run(strategy(name), upstream);

        assertThat(turn.out().answer()).isEqualTo("It is 7.");
        assertThat(ends()).isEqualTo(ends);
        assertThat(turn.report().endedBy()).isEqualTo(why);
        assertThat(upstream.hanging()).hasSize(silent.size()).allMatch(Cancellation::isCancelled);
        assertThat(turn.ends())
                .filteredOn(end -> VoteNotes.DEFAULT.silent().equals(end.conclusion()))
                .extracting(end -> end.step() - 1)
                .containsExactlyInAnyOrderElementsOf(silent);
    }

    /** A sample that has received something goes on until the budget ends it. */
    @ParameterizedTest
    @CsvSource({"vote, 3, 4 3 1 0", "auto, 1, 2 1 1 0"})
    void goOnIfTheyHaveSentAnything(String name, int slow, String ends) {
        HangingUpstream upstream = hangingIn(List.of(slow));
        onceItWaits(upstream, ModelCalls::expireReasoning);

        turn.run(strategy(name), upstream);

        assertThat(turn.out().answer()).isEqualTo("It is 7.");
        assertThat(ends()).isEqualTo(ends);
        assertThat(turn.report().endedBy()).isEqualTo(EndedBy.BUDGET_TIME);
    }

    /** The timeouts of the upstream decide when all of them are silent. */
    @ParameterizedTest
    @CsvSource({"vote, 4", "auto, 2"})
    void areNotCancelledIfNoOtherHasAnAnswer(String name, int samples) {
        HangingUpstream upstream = new HangingUpstream(samples, (request, context) -> null).sendingNothing();
        AtomicBoolean cancelled = new AtomicBoolean(true);
        onceItWaits(upstream, calls -> {
            cancelled.set(upstream.hanging().stream().anyMatch(Cancellation::isCancelled));
            calls.expireTurn();
        });

        assertThatThrownBy(() -> turn.run(strategy(name), upstream)).hasMessageContaining("budget.time");

        assertThat(cancelled).isFalse();
        assertThat(upstream.hanging()).hasSize(samples);
    }

    /** Calls hang, and an hour passes whenever the turn is about to wait. What happens when it does. */
    private void onceItWaits(HangingUpstream upstream, Consumer<ModelCalls> action) {
        Thread turnThread = Thread.currentThread();
        AtomicBoolean started = new AtomicBoolean();
        turn.onFlush(calls -> {
            upstream.awaitHanging();
            clock.addAndGet(Duration.ofHours(1).toNanos());
            if (started.compareAndSet(false, true)) {
                threads.execute(() -> {
                    await().atMost(TIMEOUT).until(() -> turnThread.getState() == Thread.State.TIMED_WAITING);
                    action.accept(calls);
                });
            }
        });
    }
}
