package org.o1api.server;

import java.util.HashMap;
import java.util.Map;
import org.o1api.model.Caller;
import org.o1api.model.ErrorCode;

/**
 * Bounds the bytes of request bodies that are held at once: those that are arriving, and those of requests that are being
 * served. A body of known length counts from the start, another one as it arrives.
 */
public final class BodyMemory {
    private final long total;
    private final long perCaller;
    private final Map<String, CallerUsage> byCaller = new HashMap<>();
    private long used;

    /**
     * Nothing is held yet.
     *
     * @param total bytes of all bodies
     * @param perCaller bytes of one caller's bodies
     */
    public BodyMemory(long total, long perCaller) {
        this.total = total;
        this.perCaller = perCaller;
    }

    private static final class CallerUsage {
        private long bytes;
    }

    /** What one request holds. Closing it releases all of it. Belongs to one thread at a time, except that any thread may close it. */
    final class Share implements AutoCloseable {
        private final String caller;
        private long reserved;

        private Share(String caller) {
            this.caller = caller;
        }

        /**
         * Holds more bytes.
         *
         * @throws BodyException if the gateway or the caller is at its limit; nothing more is held then
         */
        void add(int bytes) {
            synchronized (byCaller) {
                CallerUsage usage = byCaller.get(caller);
                long callerBytes = usage == null ? 0 : usage.bytes;
                if (bytes > total - used) {
                    throw new BodyException(
                            ErrorCode.OVERLOADED,
                            "The gateway is at its limit of " + total
                                    + " bytes of request bodies held at once (limits.bodies). Retry shortly.");
                }
                if (bytes > perCaller - callerBytes) {
                    throw new BodyException(
                            ErrorCode.RATE_LIMIT_EXCEEDED,
                            "This key is at its share of " + perCaller
                                    + " bytes of request bodies held at once (half of limits.bodies). Wait for a request to end.");
                }
                byCaller.computeIfAbsent(caller, name -> new CallerUsage()).bytes += bytes;
                used += bytes;
                reserved += bytes;
            }
        }

        @Override
        public void close() {
            synchronized (byCaller) {
                long bytes = reserved;
                reserved = 0;
                used -= bytes;
                CallerUsage usage = byCaller.get(caller); // allocates nothing, so that it works without memory too
                if (usage != null) {
                    usage.bytes -= bytes;
                    if (usage.bytes == 0) {
                        byCaller.remove(caller);
                    }
                }
            }
        }
    }

    /** An empty share of a caller. */
    Share share(Caller caller) {
        return new Share(caller.name());
    }

    /** The bytes that are held now. */
    long used() {
        synchronized (byCaller) {
            return used;
        }
    }
}
