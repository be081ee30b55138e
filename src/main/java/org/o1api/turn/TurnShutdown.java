package org.o1api.turn;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.o1api.model.ErrorCode;

/** Ends the turns when the gateway stops. */
public final class TurnShutdown {
    private static final System.Logger LOG = System.getLogger(TurnShutdown.class.getName());
    private static final Duration EXTRA_DRAIN_TIME = Duration.ofSeconds(2);

    private final Admission admission;
    private final Duration grace;
    private final ScheduledExecutorService scheduler;

    /**
     * Creates the shutdown.
     *
     * @param grace how long running turns may continue
     */
    public TurnShutdown(Admission admission, Duration grace, ScheduledExecutorService scheduler) {
        this.admission = admission;
        this.grace = grace;
        this.scheduler = scheduler;
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
                    grace.toSeconds());
            var unused = scheduler.schedule(this::cancelAll, grace.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Cancels the turns on a thread of its own: cutting thousands of connections would delay the scheduler's other tasks. */
    private void cancelAll() {
        Thread thread = new Thread(this::cancelRunning, "o1-api-stop");
        thread.setDaemon(true);
        try {
            thread.start();
        } catch (Throwable e) { // a thread could not be created
            cancelRunning();
        }
    }

    private void cancelRunning() {
        admission
                .running()
                .forEach(turn ->
                        turn.cancel(ErrorCode.SHUTTING_DOWN, "The gateway stopped before the answer was complete."));
    }

    /** Starts the shutdown and waits until no turn is running. */
    public void drain() {
        stop();
        admission.awaitIdle(grace.plus(EXTRA_DRAIN_TIME));
    }
}
