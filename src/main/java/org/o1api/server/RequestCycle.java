package org.o1api.server;

import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The time in which the container lets a request's objects be used. Its lock keeps use and end apart. */
final class RequestCycle {
    private final ReentrantLock lock = new ReentrantLock();
    private boolean ended;
    private volatile boolean aborted;

    /** A use that writes to the client. */
    interface IoAction {
        void run() throws IOException;
    }

    void end() {
        lock.lock();
        try {
            ended = true;
        } finally {
            lock.unlock();
        }
    }

    /** Has the response end as one that is not whole. */
    void abort() {
        aborted = true;
    }

    boolean isAborted() {
        return aborted;
    }

    /** Does nothing once the cycle has ended. */
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

    /** Gives {@code afterwards} once the cycle has ended. */
    <T> T getOrDefault(Supplier<T> action, T defaultValue) {
        T value = getOrNull(action);
        return value == null ? defaultValue : value;
    }

    /** Gives null once the cycle has ended. */
    <T> @Nullable T getOrNull(Supplier<@Nullable T> action) {
        lock.lock();
        try {
            return ended ? null : action.get();
        } finally {
            lock.unlock();
        }
    }

    /** Fails once the cycle has ended. */
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

    /** Does nothing once the cycle has ended: Jersey completes its own side only if a flush does not throw. */
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
