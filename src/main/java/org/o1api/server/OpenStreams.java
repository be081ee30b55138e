package org.o1api.server;

import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.sse.SseEventSink;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.o1api.model.FailureLog;
import org.o1api.model.PeriodicTask;

/** The open response streams, and the periodic task that sends their heartbeats. */
public final class OpenStreams implements AutoCloseable {
    private static final FailureLog FAILURES = new FailureLog(System.getLogger(OpenStreams.class.getName()));
    private static final Duration TICK_INTERVAL = Duration.ofMillis(50);
    private static final int PING_THREADS = 16;
    private static final int MAX_PING_THREADS = 10_000;

    private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();
    private final StreamSettings settings;
    private final ThreadPoolExecutor pingPool;
    private final PeriodicTask tick;

    /** Starts the periodic task on the scheduler. */
    public OpenStreams(StreamSettings settings, ScheduledExecutorService scheduler) {
        this.settings = settings;
        // A separate pool: a ping may block on a client that does not read, and must not wait for a turn to end.
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                PING_THREADS,
                PING_THREADS,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                DaemonThreads.factory("o1-api-ping"));
        pool.allowCoreThreadTimeOut(true);
        pingPool = pool;
        tick = PeriodicTask.start("streams", TICK_INTERVAL, TICK_INTERVAL, this::tick, scheduler);
    }

    /**
     * Opens a response of server-sent events.
     *
     * @param openingEvent the first event
     * @param unexpectedEvent the last event of a stream that ends unexpectedly
     * @param heartbeat complete lines that clients ignore
     */
    public EventStream openEventStream(
            SseEventSink sink,
            byte[] openingEvent,
            byte[] unexpectedEvent,
            byte[] heartbeat,
            EventStream.Listener listener) {
        return open(new SseSink(sink, heartbeat), settings, openingEvent, unexpectedEvent, listener);
    }

    /**
     * Opens a response of one JSON text, with white space before it as a heartbeat.
     *
     * @param heartbeat maximum time without output once the response was started
     * @param abortable the response, which is aborted if it fails after its start
     */
    public EventStream openJson(
            AsyncResponse response, Duration heartbeat, AbortableResponse abortable, EventStream.Listener listener) {
        return open(new JsonSink(response, abortable), settings.forJson(heartbeat), new byte[0], new byte[0], listener);
    }

    /** The heartbeat interval of JSON responses; null: no heartbeats. */
    public @Nullable Duration jsonHeartbeat() {
        return settings.jsonHeartbeat();
    }

    EventStream open(FrameSink sink, byte[] openingEvent, EventStream.Listener listener) {
        return open(sink, settings, openingEvent, new byte[0], listener);
    }

    private EventStream open(
            FrameSink sink,
            StreamSettings streamSettings,
            byte[] openingEvent,
            byte[] unexpectedEvent,
            EventStream.Listener listener) {
        EventStream stream =
                new EventStream(sink, streamSettings, openingEvent, unexpectedEvent, listener, streams::remove);
        streams.add(stream);
        return stream;
    }

    private void tick() {
        long now = System.nanoTime();
        int stalled = 0;
        for (EventStream stream : streams) {
            try {
                stalled += stream.isPingStalled(now) ? 1 : 0;
                stream.tick(now, pingPool);
            } catch (Throwable e) { // also an Error: a failure of one stream must not end the heartbeats of all
                FAILURES.error("tick", "the heartbeat of a stream failed", e);
            }
        }
        resizePingPool(Math.min(PING_THREADS + stalled, MAX_PING_THREADS));
    }

    /**
     * Adds a thread for each ping that is blocked by a client that does not read, so that the other pings are not
     * delayed.
     */
    private void resizePingPool(int threads) {
        int current = pingPool.getCorePoolSize();
        if (threads > current) {
            pingPool.setMaximumPoolSize(threads);
            pingPool.setCorePoolSize(threads);
        } else if (threads < current) {
            pingPool.setCorePoolSize(threads);
            pingPool.setMaximumPoolSize(threads);
        }
    }

    /** The time since the last run of the periodic task. */
    public Duration sinceLastTick() {
        return tick.sinceLastRun();
    }

    @Override
    public void close() {
        tick.close();
        DaemonThreads.shutdownNow(pingPool);
    }
}
