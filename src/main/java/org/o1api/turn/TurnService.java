package org.o1api.turn;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnInfo;
import org.o1api.reasoning.ModelCalls;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Strategy;
import org.o1api.reasoning.TurnClient;
import org.o1api.reasoning.TurnContext;
import org.o1api.reasoning.TurnLog;
import org.o1api.upstream.FallbackUpstream;
import org.o1api.upstream.Upstream;

/** Runs each turn on the calling thread, from the first call to completion, and enforces its time limits. */
public final class TurnService {
    private static final System.Logger LOG = System.getLogger(TurnService.class.getName());
    private static final Duration EXTRA_DRAIN_TIME = Duration.ofSeconds(2);

    private final Map<String, Upstream> upstreams;
    private final Map<String, Strategy> strategies;
    private final ScheduledExecutorService scheduler;
    private final TurnLimits limits;
    private final Admission admission;

    /** Creates the service with the upstreams and strategies by name. */
    public TurnService(
            Map<String, Upstream> upstreams,
            Map<String, Strategy> strategies,
            TurnLimits limits,
            Admission admission,
            ScheduledExecutorService scheduler) {
        this.upstreams = Map.copyOf(upstreams);
        this.strategies = Map.copyOf(strategies);
        this.limits = limits;
        this.scheduler = scheduler;
        this.admission = admission;
    }

    /**
     * Runs an admitted turn and writes its events to the client.
     *
     * @return why the answer ended
     * @throws org.o1api.model.GatewayException if the turn failed or was cancelled
     */
    public FinishReason run(Turn turn, TurnClient client) {
        Preset preset = turn.preset();
        Upstream upstream = upstream(preset);
        Strategy strategy = named(strategies, preset.strategy());
        TurnInfo info = new TurnInfo("", turn.caller(), preset.name(), "chat", "", null);
        ModelCalls calls = new ModelCalls(upstream, info, turn.cancellation(), preset.budget(), client, turn.ledger());
        TurnLog log = new TurnLog(client);
        ScheduledFuture<?> reasoningTimer = schedule(preset.budget().reasoningTime(), calls::expireReasoning);
        ScheduledFuture<?> turnTimer = schedule(preset.budget().time(), calls::expireTurn);
        try {
            FinishReason reason = strategy.run(new TurnContext(turn.prompt(), preset, calls, log));
            log.write(new TurnEvent.Completed(reason, turn.ledger().usage()));
            return reason;
        } finally {
            reasoningTimer.cancel(false);
            turnTimer.cancel(false);
        }
    }

    private Upstream upstream(Preset preset) {
        List<Upstream> candidates =
                preset.upstreams().stream().map(name -> named(upstreams, name)).toList();
        return candidates.size() == 1 ? candidates.get(0) : new FallbackUpstream(candidates);
    }

    private ScheduledFuture<?> schedule(Duration time, Runnable end) {
        return scheduler.schedule(end, time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Whether new turns are admitted. */
    public boolean isReady() {
        return !admission.isStopping();
    }

    /**
     * Starts the shutdown: admits no new turns, and cancels the running ones after the grace period. Returns immediately.
     * Cannot be undone.
     */
    public void stop() {
        if (admission.stop()) {
            LOG.log(
                    Level.INFO,
                    "stopping: {0} turns in flight have {1} s to finish",
                    admission.running().size(),
                    limits.grace().toSeconds());
            var unused = scheduler.schedule(this::cancelAll, limits.grace().toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void cancelAll() {
        admission
                .running()
                .forEach(turn ->
                        turn.cancel(ErrorCode.SHUTTING_DOWN, "The gateway stopped before the answer was complete."));
    }

    /** Starts the shutdown and waits until no turn is running. */
    public void drain() {
        stop();
        admission.awaitIdle(limits.grace().plus(EXTRA_DRAIN_TIME));
    }

    private static <T> T named(Map<String, T> byName, String name) {
        return Objects.requireNonNull(byName.get(name), () -> "a preset names '" + name + "', which is not configured");
    }
}
