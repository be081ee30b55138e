package org.o1api.model;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A periodic task that continues after a run has failed. A {@code ScheduledExecutorService} silently cancels a periodic task
 * after its first exception or {@code Error}.
 */
public final class PeriodicTask implements AutoCloseable {
    private final String name;
    /** Complete before the first failure: when memory is exhausted, no text can be put together. */
    private final String failure;

    private final Runnable task;
    private final FailureLog failures;
    private final ScheduledFuture<?> schedule;
    private volatile long lastRunNanos = System.nanoTime();

    private PeriodicTask(
            String name, Duration delay, Duration period, Runnable task, ScheduledExecutorService scheduler) {
        this.name = name;
        this.failure = "periodic task '" + name + "' failed; it will run again";
        this.task = task;
        this.failures = new FailureLog(System.getLogger(PeriodicTask.class.getName()));
        this.schedule =
                scheduler.scheduleWithFixedDelay(this::run, delay.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * Starts a task.
     *
     * @param name identifies the task in the log
     * @param delay before the first run
     * @param period between the end of a run and the start of the next one
     */
    public static PeriodicTask start(
            String name, Duration delay, Duration period, Runnable task, ScheduledExecutorService scheduler) {
        return new PeriodicTask(name, delay, period, task, scheduler);
    }

    private void run() {
        try {
            task.run();
            lastRunNanos = System.nanoTime();
        } catch (Throwable e) { // also an Error: one OutOfMemoryError must not stop all later runs
            failures.error(name, failure, e);
        }
    }

    /** The time since the last successful run; before the first one, since the start. */
    public Duration sinceLastRun() {
        return Duration.ofNanos(System.nanoTime() - lastRunNanos);
    }

    /** Stops the task. A run in progress is completed. */
    @Override
    public void close() {
        schedule.cancel(false);
    }
}
