package org.o1api.server;

import java.util.HashMap;
import java.util.Map;
import org.o1api.model.Caller;
import org.o1api.model.ErrorCode;

/**
 * Limits the memory for request bodies: those that are being received, and those of requests in progress. A body with a
 * {@code Content-Length} counts fully from the start, any other body as it is received.
 */
public final class BodyMemory {
    private final long total;
    private final long perCaller;
    private final Map<String, CallerUsage> byCaller = new HashMap<>();
    private long used;

    /**
     * Creates an empty account.
     *
     * @param total limit for all bodies, in bytes
     * @param perCaller limit for the bodies of one caller, in bytes
     */
    public BodyMemory(long total, long perCaller) {
        this.total = total;
        this.perCaller = perCaller;
    }

    private static final class CallerUsage {
        private long bytes;
    }

    /** The memory of one request. Not thread-safe, except for {@link #close}, which releases all of it. */
    final class Share implements AutoCloseable {
        private final String caller;
        private long reserved;

        private Share(String caller) {
            this.caller = caller;
        }

        /**
         * Reserves more bytes.
         *
         * @throws BodyException if the gateway or the caller is at its limit; nothing is reserved in that case
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
                            "This API key is at its limit of " + perCaller
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
                // allocates nothing, so it also works when memory is exhausted
                CallerUsage usage = byCaller.get(caller);
                if (usage != null) {
                    usage.bytes -= bytes;
                    if (usage.bytes == 0) {
                        byCaller.remove(caller);
                    }
                }
            }
        }
    }

    /** Creates an empty share for a caller. */
    Share share(Caller caller) {
        return new Share(caller.name());
    }

    /** The number of reserved bytes. */
    long used() {
        synchronized (byCaller) {
            return used;
        }
    }
}
