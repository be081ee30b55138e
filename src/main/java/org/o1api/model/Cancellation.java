package org.o1api.model;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The early end of a turn, or of a part of it. The first that notices that nobody waits for it any longer cancels, and all of its
 * calls end. Safe for concurrent use.
 */
public final class Cancellation {
    private static final System.Logger LOG = System.getLogger(Cancellation.class.getName());

    private final Set<Runnable> actions = new LinkedHashSet<>();
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private @Nullable CancelledException reason;
    /** Takes a part's registration with the whole back. */
    private volatile Runnable removeFromParent = () -> {};

    /** Ends the turn. The first reason counts; later ones are ignored. */
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

    /** One action that fails must not keep the others from their work, nor the canceller from its own. */
    private static void run(Runnable action) {
        try {
            action.run();
        } catch (Throwable e) {
            LOG.log(Level.ERROR, "failed to end a cancelled call", e);
        }
    }

    /** A cancellation for a part of the turn: it ends with the turn, for the same reason, and may end before. */
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

    public boolean isCancelled() {
        return cancelled.getCount() == 0;
    }

    /**
     * Fails when the turn is cancelled.
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
     * Runs an action when the turn is cancelled; immediately if it is already. The action must be quick. What it throws is logged.
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

    /** How many actions are registered. */
    public int registeredActions() {
        synchronized (actions) {
            return actions.size();
        }
    }

    /** Waits for so long, or until cancelled. */
    public void sleep(Duration time) {
        try {
            if (cancelled.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
                throwIfCancelled();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException(ErrorCode.INTERNAL_ERROR, "interrupted while waiting", e);
        }
    }
}
