package org.o1api.server;

import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.sse.SseEventSink;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The event streams that are open, and what keeps them alive: one tick over all of them. */
public final class OpenStreams implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(OpenStreams.class.getName());
    private static final long TICK_MILLIS = 50;
    private static final int PING_THREADS = 16;

    private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();
    private final StreamSettings settings;
    private final ExecutorService pings;

    /** Starts ticking on the scheduler. */
    public OpenStreams(StreamSettings settings, ScheduledExecutorService scheduler) {
        this.settings = settings;
        // Threads of their own: a ping may block on a client that does not read, and must not wait for a turn to end.
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                PING_THREADS,
                PING_THREADS,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                NamedThreads.daemon("o1-api-ping"));
        pool.allowCoreThreadTimeOut(true);
        pings = pool;
        var unused = scheduler.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * Opens a response of server-sent events.
     *
     * @param opening the event that comes before all others
     * @param onLeft run when the client takes nothing any more, perhaps more than once
     */
    public EventStream events(SseEventSink sink, byte[] opening, Runnable onLeft) {
        return open(new SseSink(sink), settings, opening, onLeft);
    }

    /**
     * Opens a response of one JSON text, white space before it while it comes to be.
     *
     * @param heartbeat how long it is silent at most, once it has begun
     * @param cut has the connection cut when the response is closed
     * @param onLeft run when the client takes nothing any more, perhaps more than once
     */
    public EventStream json(AsyncResponse response, Duration heartbeat, Runnable cut, Runnable onLeft) {
        return open(new JsonSink(response, cut), settings.forJson(heartbeat), new byte[0], onLeft);
    }

    /** The heartbeat of replies that are one JSON text; null: they have none. */
    public @Nullable Duration jsonHeartbeat() {
        return settings.jsonHeartbeat();
    }

    private EventStream open(FrameSink sink, StreamSettings streamSettings, byte[] opening, Runnable onLeft) {
        EventStream[] self = new EventStream[1];
        EventStream stream = new EventStream(sink, streamSettings, opening, onLeft, () -> streams.remove(self[0]));
        self[0] = stream;
        streams.add(stream);
        return stream;
    }

    private void tick() {
        long now = System.nanoTime();
        for (EventStream stream : streams) {
            try {
                stream.tick(now, pings);
            } catch (RuntimeException e) { // one stream must not end the ticking for all
                LOG.log(Level.ERROR, "a stream could not be kept alive", e);
            }
        }
    }

    /** How many are open. */
    public int size() {
        return streams.size();
    }

    @Override
    public void close() {
        NamedThreads.end(pings);
    }
}
