package org.o1api.server;

import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs concurrent model calls: on virtual threads if they do not pin their carrier threads, otherwise on a bounded pool, whose
 * queue is first in, first out. Turns never run on it: a turn that waits for its calls would hold a thread that they need.
 */
public final class CallExecutor implements Executor, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(CallExecutor.class.getName());
    private static final String NAME = "o1-api-call";
    private static final int MAX_THREADS = 1024;

    private final ExecutorService executor;

    private CallExecutor(ExecutorService executor) {
        this.executor = executor;
    }

    /** Starts an executor of the kind that suits this runtime. */
    public static CallExecutor start() {
        if (VirtualThreads.areUsable()) {
            LOG.log(Level.INFO, "concurrent calls run on virtual threads");
            return new CallExecutor(VirtualThreads.executor(NAME));
        }
        LOG.log(Level.INFO, "concurrent calls run on at most {0} threads", MAX_THREADS);
        return pool(MAX_THREADS);
    }

    /** Starts a pool. Tasks wait while all of its threads are busy. */
    static CallExecutor pool(int threads) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, 60, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), DaemonThreads.factory(NAME));
        pool.allowCoreThreadTimeOut(true);
        return new CallExecutor(pool);
    }

    /**
     * Runs a call on another thread, as soon as one is free.
     *
     * @throws java.util.concurrent.RejectedExecutionException if the executor is closed
     */
    @Override
    public void execute(Runnable call) {
        executor.execute(call);
    }

    /** Interrupts the running calls and waits for their threads. Calls that wait for a thread are not made. */
    @Override
    public void close() {
        DaemonThreads.shutdownNow(executor);
    }
}
