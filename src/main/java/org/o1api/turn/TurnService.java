package org.o1api.turn;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.o1api.llm.ErrorCode;
import org.o1api.llm.FinishReason;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Strategy;
import org.o1api.reasoning.Thinker;
import org.o1api.reasoning.TurnException;
import org.o1api.reasoning.TurnListener;
import org.o1api.upstream.Upstream;

/** Runs turns: each on its caller's thread, from its first call to its completion, within its time. */
public final class TurnService {
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final Map<String, Upstream> upstreams;
    private final Map<String, Strategy> strategies;
    private final ScheduledExecutorService scheduler;
    private final Set<Turn> running = ConcurrentHashMap.newKeySet();
    private volatile boolean draining;

    /** Upstreams and strategies by the names that presets use. */
    public TurnService(
            Map<String, Upstream> upstreams, Map<String, Strategy> strategies, ScheduledExecutorService scheduler) {
        this.upstreams = Map.copyOf(upstreams);
        this.strategies = Map.copyOf(strategies);
        this.scheduler = scheduler;
    }

    /**
     * Runs a turn to its end and reports it.
     *
     * @throws org.o1api.llm.GatewayException when it failed, or was cancelled
     */
    public void run(Turn turn, TurnListener listener) {
        Preset preset = turn.preset();
        Upstream upstream = named(upstreams, preset.upstream());
        Strategy strategy = named(strategies, preset.strategy());
        Thinker thinker = new Thinker(upstream, turn.cancellation(), preset.budget(), listener);
        Duration time = preset.budget().time();
        running.add(turn);
        ScheduledFuture<?> deadline = scheduler.schedule(
                () -> turn.cancellation()
                        .cancel(
                                ErrorCode.UPSTREAM_TIMEOUT,
                                "The turn took longer than its " + time.toMillis() / 1000.0 + " s (budget.time)."),
                time.toMillis(),
                TimeUnit.MILLISECONDS);
        try {
            if (draining) {
                throw new TurnException(
                        ErrorCode.SHUTTING_DOWN, "The gateway is stopping. Ask again, elsewhere or later.");
            }
            FinishReason reason = strategy.think(turn.question(), preset, thinker, listener);
            listener.completed(reason, thinker.usage());
        } finally {
            deadline.cancel(false);
            running.remove(turn);
        }
    }

    /** Whether new turns are taken. */
    public boolean ready() {
        return !draining;
    }

    /** Takes no new turns, lets those in flight end within the grace, and cancels the rest. */
    public void drain(Duration grace) {
        draining = true;
        await(grace);
        running.forEach(turn -> turn.cancellation()
                .cancel(ErrorCode.SHUTTING_DOWN, "The gateway stopped before the answer was complete."));
        await(LAST_WORDS);
    }

    private void await(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        try {
            while (!running.isEmpty() && System.nanoTime() < end) {
                Thread.sleep(20);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static <T> T named(Map<String, T> all, String name) {
        return Objects.requireNonNull(all.get(name), () -> "the config should not have let '" + name + "' pass");
    }
}
