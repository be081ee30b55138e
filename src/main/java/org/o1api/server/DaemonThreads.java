package org.o1api.server;

import java.lang.System.Logger.Level;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Named daemon threads, and the shutdown of their executors. */
public final class DaemonThreads {
    private static final System.Logger LOG = System.getLogger(DaemonThreads.class.getName());
    private static final long TIMEOUT_SECONDS = 5;

    private DaemonThreads() {}

    /** Returns a factory of daemon threads {@code name-1}, {@code name-2}, ... */
    public static ThreadFactory factory(String name) {
        return new DaemonThreadFactory(name);
    }

    private static final class DaemonThreadFactory implements ThreadFactory {
        private final String name;
        private final AtomicInteger count = new AtomicInteger();
        private final Map<Thread, Boolean> threads = Collections.synchronizedMap(new WeakHashMap<>());

        DaemonThreadFactory(String name) {
            this.name = name;
        }

        @Override
        public Thread newThread(Runnable task) {
            Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            threads.put(thread, true);
            return thread;
        }

        List<Thread> threads() {
            synchronized (threads) {
                return List.copyOf(threads.keySet());
            }
        }
    }

    /**
     * Shuts an executor down, interrupts its threads and waits for them: a thread that outlives the web application
     * keeps the class loader in memory.
     */
    public static void shutdownNow(ExecutorService executor) {
        executor.shutdownNow();
        awaitTermination(executor);
    }

    /**
     * Shuts an executor down without interrupting its tasks, and waits for them: an interrupt closes the file of a
     * thread that uses a file channel.
     */
    public static void shutdownGracefully(ExecutorService executor) {
        executor.shutdown();
        awaitTermination(executor);
    }

    private static void awaitTermination(ExecutorService executor) {
        try {
            if (!executor.awaitTermination(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                LOG.log(
                        Level.WARNING,
                        "threads did not end within {0} s after the shutdown of their executor",
                        TIMEOUT_SECONDS);
            } else if (executor instanceof ThreadPoolExecutor pool
                    && pool.getThreadFactory() instanceof DaemonThreadFactory factory) {
                for (Thread thread : factory.threads()) {
                    // The executor has terminated; its threads are about to end.
                    thread.join(TimeUnit.SECONDS.toMillis(TIMEOUT_SECONDS));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
