package org.o1api.server;

import java.lang.System.Logger.Level;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads with a name that tells whose they are, and their end. */
public final class NamedThreads {
    private static final System.Logger LOG = System.getLogger(NamedThreads.class.getName());
    private static final long PATIENCE_SECONDS = 5;

    private NamedThreads() {}

    /** Daemon threads {@code name-1}, {@code name-2}, ... */
    public static ThreadFactory daemon(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Ends an executor and waits for its threads: one that outlives its web application holds the class loader. */
    public static void end(ExecutorService executor) {
        executor.shutdownNow();
        await(executor);
    }

    /** The same, but lets what runs come to its end: a thread that is interrupted in a file's channel closes it. */
    public static void endInOrder(ExecutorService executor) {
        executor.shutdown();
        await(executor);
    }

    private static void await(ExecutorService executor) {
        try {
            if (!executor.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                LOG.log(Level.WARNING, "threads did not end within {0} s of being told", PATIENCE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
