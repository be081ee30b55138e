package org.o1api.server;

import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.naming.InitialContext;
import javax.naming.NamingException;

/**
 * Runs authenticated requests: on the container's managed executor if JNDI has one, otherwise on virtual threads if
 * they do not pin their carrier threads, otherwise on a bounded pool.
 */
public final class TurnExecutor implements Executor, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(TurnExecutor.class.getName());
    private static final String MANAGED_EXECUTOR_NAME = "java:comp/DefaultManagedExecutorService";
    private static final String NAME = "o1-api-turn";
    private static final int MAX_THREADS = 1024;
    private static final long DRAIN_TIMEOUT_SECONDS = 2;

    private final ExecutorService executor;
    private final boolean isOwned;

    private TurnExecutor(ExecutorService executor, boolean isOwned, String kind) {
        this.executor = executor;
        this.isOwned = isOwned;
        LOG.log(Level.INFO, "turns run on {0}", kind);
    }

    @SuppressWarnings("BanJNDI") // a constant from the specification, not input
    public static TurnExecutor start() {
        try {
            if (InitialContext.doLookup(MANAGED_EXECUTOR_NAME) instanceof ExecutorService managed) {
                return new TurnExecutor(managed, false, "the container's managed executor");
            }
        } catch (NamingException e) {
            // plain Tomcat or Jetty have no managed executor
        }
        if (VirtualThreads.areUsable()) {
            return new TurnExecutor(VirtualThreads.executor(NAME), true, "virtual threads");
        }
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                0, MAX_THREADS, 60, TimeUnit.SECONDS, new SynchronousQueue<>(), DaemonThreads.factory(NAME));
        return new TurnExecutor(pool, true, "at most " + MAX_THREADS + " threads");
    }

    /** The maximum number of requests that can run concurrently on this runtime. */
    public static int maxConcurrent() {
        return VirtualThreads.areUsable() ? Integer.MAX_VALUE : MAX_THREADS;
    }

    /**
     * Runs a request.
     *
     * @throws java.util.concurrent.RejectedExecutionException if all threads are busy, or the gateway is stopping
     */
    @Override
    public void execute(Runnable request) {
        executor.execute(request);
    }

    /** Waits for running requests to write the end of their responses. New requests are rejected. */
    public void drain() {
        if (!isOwned) {
            return;
        }
        executor.shutdown();
        try {
            if (!executor.awaitTermination(DRAIN_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                LOG.log(
                        Level.WARNING,
                        "requests were still running {0} s after the last turn ended",
                        DRAIN_TIMEOUT_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        if (isOwned) {
            DaemonThreads.shutdownNow(executor);
        }
    }
}
