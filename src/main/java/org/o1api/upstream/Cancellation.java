package org.o1api.upstream;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.o1api.llm.ErrorCode;

/**
 * The end of a turn, or of a part of it, before its time: whoever notices first that nobody waits any more cancels, and all of
 * its calls end.
 */
public final class Cancellation {
    private final Set<Runnable> actions = new LinkedHashSet<>();
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private @Nullable UpstreamException reason;

    /** Ends the turn. The first reason counts; later ones are ignored. */
    public void cancel(ErrorCode code, String message) {
        Runnable[] toRun;
        synchronized (actions) {
            if (reason != null) {
                return;
            }
            reason = new UpstreamException(code, message, false, null);
            toRun = actions.toArray(Runnable[]::new);
            actions.clear();
        }
        cancelled.countDown();
        for (Runnable action : toRun) {
            action.run();
        }
    }

    /** A cancellation for a part of the turn: it ends with the turn, for the same reason, and may end before. */
    public Cancellation part() {
        Cancellation part = new Cancellation();
        onCancel(() -> {
            UpstreamException why = reason();
            if (why != null) {
                part.cancel(why.code(), String.valueOf(why.getMessage()));
            }
        });
        return part;
    }

    public boolean isCancelled() {
        return cancelled.getCount() == 0;
    }

    /**
     * Fails when the turn is cancelled.
     *
     * @throws UpstreamException with the reason
     */
    public void throwIfCancelled() {
        UpstreamException why = reason();
        if (why != null) {
            throw new UpstreamException(why.code(), String.valueOf(why.getMessage()), false, why);
        }
    }

    private @Nullable UpstreamException reason() {
        synchronized (actions) {
            return reason;
        }
    }

    /**
     * Has an action run when the turn is cancelled, at once when it is already. The action must be quick and must not throw.
     *
     * @return takes the action back
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
        action.run();
        return () -> {};
    }

    /** Waits for so long, or until cancelled. */
    public void sleep(Duration time) {
        try {
            if (cancelled.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
                throwIfCancelled();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UpstreamException(ErrorCode.INTERNAL_ERROR, "interrupted while waiting", false, e);
        }
    }
}
