package org.o1api.turn;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.o1api.model.Budget;
import org.o1api.reasoning.ModelCalls;

/** Ends the time of a turn for reasoning, and all of its time, unless the turn ends before. */
record TurnTimers(ScheduledFuture<?> reasoning, ScheduledFuture<?> turn) implements AutoCloseable {
    static TurnTimers start(Budget budget, ModelCalls calls, ScheduledExecutorService scheduler) {
        ScheduledFuture<?> reasoning = schedule(budget.reasoningTime(), calls::expireReasoning, scheduler);
        boolean started = false;
        try {
            TurnTimers timers = new TurnTimers(reasoning, schedule(budget.time(), calls::expireTurn, scheduler));
            started = true;
            return timers;
        } finally {
            if (!started) { // e.g. OutOfMemoryError
                reasoning.cancel(false);
            }
        }
    }

    private static ScheduledFuture<?> schedule(Duration time, Runnable end, ScheduledExecutorService scheduler) {
        return scheduler.schedule(end, time.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        reasoning.cancel(false);
        turn.cancel(false);
    }
}
