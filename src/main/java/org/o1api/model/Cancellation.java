package org.o1api.model;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Cancels a turn or a part of it: the first component to notice that the result is no longer needed calls {@link #cancel}, and all calls
 * below it end. Cancellations form a tree. Safe for concurrent use.
 */
public final class Cancellation {
    private static final System.Logger LOG = System.getLogger(Cancellation.class.getName());

    private final Set<Runnable> actions = new LinkedHashSet<>();
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private @Nullable CancelledException reason;
    /** Removes a child's registration with its parent. */
    private volatile Runnable removeFromParent = () -> {};

    /** Cancels the turn or part, and its children. Only the first reason counts; later calls have no effect. */
    public void cancel(ErrorCode code, String message) {
        Runnable[] actionsToRun;
        synchronized (actions) {
            if (reason != null) {
                return;
            }
            actionsToRun = actions.toArray(Runnable[]::new);
            reason = new CancelledException(code, message, null); // last: nothing may fail between this and the actions
            actions.clear();
        }
        cancelled.countDown();
        removeFromParent.run();
        for (Runnable action : actionsToRun) {
            run(action);
        }
    }

    /** An action that fails must not prevent the other actions, nor fail the canceller. */
    private static void run(Runnable action) {
        try {
            action.run();
        } catch (Throwable e) {
            LOG.log(Level.ERROR, "failed to end a cancelled call", e);
        }
    }

    /**
     * Creates a cancellation for a part of the turn. It is cancelled with its parent, for the same reason, or earlier by itself.
     * Call {@link #detach} when the part has ended; otherwise the parent keeps a reference to it.
     */
    public Cancellation child() {
        Cancellation child = new Cancellation();
        child.removeFromParent = onCancel(() -> {
            CancelledException cause = reason();
            if (cause != null) {
                child.cancel(cause.code(), String.valueOf(cause.getMessage()));
            }
        });
        return child;
    }

    /** Separates this cancellation from its parent, whose cancellation no longer affects it. Idempotent. */
    public void detach() {
        removeFromParent.run();
    }

    public boolean isCancelled() {
        return cancelled.getCount() == 0;
    }

    /**
     * Throws if cancelled.
     *
     * @throws CancelledException with the reason
     */
    public void throwIfCancelled() {
        CancelledException cause = reason();
        if (cause != null) {
            throw new CancelledException(cause.code(), String.valueOf(cause.getMessage()), cause);
        }
    }

    private @Nullable CancelledException reason() {
        synchronized (actions) {
            return reason;
        }
    }

    /**
     * Runs an action on cancellation; immediately if already cancelled. The action must be quick. Exceptions are logged.
     *
     * @return removes the action
     */
    public Runnable onCancel(Runnable action) {
        synchronized (actions) {
            if (reason == null) {
                actions.add(action);
                return () -> {
                    synchronized (actions) {
                        actions.remove(action);
                    }
                };
            }
        }
        run(action);
        return () -> {};
    }

    /** For tests: the number of registered actions. */
    public int registeredActions() {
        synchronized (actions) {
            return actions.size();
        }
    }

    /**
     * Waits for the given time, or until cancelled.
     *
     * @throws CancelledException if cancelled or interrupted
     */
    public void sleep(Duration time) {
        try {
            if (cancelled.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
                throwIfCancelled();
            }
        } catch (InterruptedException e) {
            throw CancelledException.interrupted(e);
        }
    }
}
