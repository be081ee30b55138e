package org.o1api.server;

import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The time span in which the container allows the use of a request's objects. A lock prevents the cycle from ending
 * while an object is in use.
 */
final class RequestCycle {
    private final ReentrantLock lock = new ReentrantLock();
    private boolean ended;
    private volatile boolean aborted;

    /** An action that writes to the client. */
    interface IoAction {
        void run() throws IOException;
    }

    /** Opens something that writes to the client. */
    interface IoSupplier<T> {
        T get() throws IOException;
    }

    void end() {
        lock.lock();
        try {
            ended = true;
        } finally {
            lock.unlock();
        }
    }

    /** Marks the response as incomplete: its connection is closed instead of the response being completed. */
    void abort() {
        aborted = true;
    }

    boolean isAborted() {
        return aborted;
    }

    /** Runs an action; does nothing once the cycle has ended. */
    void run(Runnable action) {
        lock.lock();
        try {
            if (!ended) {
                action.run();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns a value, or the default value once the cycle has ended. */
    <T> T getOrDefault(Supplier<T> action, T defaultValue) {
        T value = getOrNull(action);
        return value == null ? defaultValue : value;
    }

    /** Returns a value, or null once the cycle has ended. */
    <T> @Nullable T getOrNull(Supplier<@Nullable T> action) {
        lock.lock();
        try {
            return ended ? null : action.get();
        } finally {
            lock.unlock();
        }
    }

    /** Returns a value, or the default value once the cycle has ended. */
    <T> T openOrDefault(IoSupplier<T> action, T defaultValue) throws IOException {
        lock.lock();
        try {
            return ended ? defaultValue : action.get();
        } finally {
            lock.unlock();
        }
    }

    /** Runs an action; throws once the cycle has ended. */
    void write(IoAction action) throws IOException {
        lock.lock();
        try {
            if (ended) {
                throw new IOException("the client has disconnected");
            }
            action.run();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Runs an action; does nothing once the cycle has ended, because Jersey only completes its own side if a flush does
     * not throw.
     */
    void flush(IoAction action) throws IOException {
        lock.lock();
        try {
            if (!ended) {
                action.run();
            }
        } finally {
            lock.unlock();
        }
    }
}
