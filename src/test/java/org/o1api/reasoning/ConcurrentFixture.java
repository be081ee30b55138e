package org.o1api.reasoning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Budget;
import org.o1api.model.CallRecord.Purpose;
import org.o1api.model.Cancellation;
import org.o1api.model.Price;
import org.o1api.model.TurnLedger;
import org.o1api.upstream.Upstream;

/** A turn that makes concurrent calls, with threads of its own. */
final class ConcurrentFixture implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    final ControlledUpstream upstream = new ControlledUpstream();
    final Transcript out = new Transcript();
    final Cancellation turn = new Cancellation();
    /** The price of the upstream's model; null: it has none. */
    @Nullable
    Price price;

    final TurnLedger ledger = new TurnLedger((upstreamName, model) -> price);
    private final ExecutorService threads = Executors.newCachedThreadPool();

    ModelCalls calls() {
        return calls(upstream, budget(30, 50_000), threads);
    }

    ModelCalls calls(Upstream other, Budget budget, Executor readers) {
        return new ModelCalls(other, ScriptedUpstream.TURN, turn, budget, out, ledger, readers);
    }

    ModelCalls calls(LongSupplier nanoTime) {
        return new ModelCalls(
                upstream, ScriptedUpstream.TURN, turn, budget(30, 50_000), out, ledger, threads, nanoTime);
    }

    ModelCalls calls(Budget budget) {
        return calls(upstream, budget, threads);
    }

    static Budget budget(int calls, long tokens) {
        return new Budget(calls, tokens, Duration.ofMinutes(5), 6);
    }

    static ModelCall sample(String name) {
        return call(name, Purpose.SAMPLE);
    }

    static ModelCall call(String name, Purpose purpose) {
        return new ModelCall(ControlledUpstream.request(name), purpose);
    }

    ExecutorService threads() {
        return threads;
    }

    /** Waits until no reader holds a call of the upstream. */
    void awaitIdle() {
        await().atMost(TIMEOUT).until(() -> upstream.openCalls() == 0);
    }

    /** Stops the threads; fails if a reader is left. */
    @Override
    public void close() {
        threads.shutdown();
        await().atMost(TIMEOUT).until(threads::isTerminated);
        assertThat(upstream.openCalls()).isZero();
    }

    /** An executor with no free thread: tasks wait until the test runs them. */
    static final class NoThreads implements Executor {
        private final Deque<Runnable> waiting = new ArrayDeque<>();

        @Override
        public void execute(Runnable task) {
            waiting.add(task);
        }

        /** Runs the tasks in their order, on this thread. */
        void runAll() {
            while (!waiting.isEmpty()) {
                waiting.remove().run();
            }
        }
    }
}
