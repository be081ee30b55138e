package org.o1api.model;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Logs failures that may repeat: at most one line per kind and minute, with the number of suppressed failures. Never throws,
 * even if there is no memory left to log.
 */
public final class FailureLog {
    private static final long PERIOD_NANOS = Duration.ofMinutes(1).toNanos();

    /** Limits the memory if a kind contains variable text. Above the limit the oldest kind is forgotten. */
    private static final int MAX_KINDS = 200;

    private final System.Logger log;
    private final LongSupplier nanoTime;
    private final Map<String, Entry> entries = new HashMap<>();

    public FailureLog(System.Logger log) {
        this(log, System::nanoTime);
    }

    FailureLog(System.Logger log, LongSupplier nanoTime) {
        this.log = log;
        this.nanoTime = nanoTime;
    }

    private static final class Entry {
        private long loggedNanos;
        private long suppressed;

        Entry(long loggedNanos) {
            this.loggedNanos = loggedNanos;
        }
    }

    /** Logs a failure that the operator should know about, without a stack trace. */
    public void warning(String kind, String message) {
        write(Level.WARNING, kind, message, null);
    }

    /** Logs an internal failure with its stack trace. */
    public void error(String kind, String message, Throwable thrown) {
        write(Level.ERROR, kind, message, thrown);
    }

    private void write(Level level, String kind, String message, @Nullable Throwable thrown) {
        try {
            long suppressed = due(kind);
            if (suppressed >= 0) {
                String line = suppressed == 0 ? message : message + " (" + suppressed + " more since the last line)";
                log.log(level, line, thrown);
            }
        } catch (Throwable e) { // e.g. OutOfMemoryError: logging must not hide the failure that is being logged
        }
    }

    /** Returns the number of failures since the last line of this kind if a line is due now, otherwise -1. */
    private long due(String kind) {
        long now = nanoTime.getAsLong();
        synchronized (entries) {
            Entry entry = entries.get(kind);
            if (entry == null) {
                if (entries.size() >= MAX_KINDS) {
                    removeOldest();
                }
                entries.put(kind, new Entry(now));
                return 0;
            }
            if (now - entry.loggedNanos < PERIOD_NANOS) {
                entry.suppressed++;
                return -1;
            }
            long suppressed = entry.suppressed;
            entry.loggedNanos = now;
            entry.suppressed = 0;
            return suppressed;
        }
    }

    private void removeOldest() {
        entries.entrySet().stream()
                .min((a, b) -> Long.signum(a.getValue().loggedNanos - b.getValue().loggedNanos))
                .map(Map.Entry::getKey)
                .ifPresent(entries::remove);
    }

    /**
     * Returns the class and the first line of the message of the innermost cause. Intended for connection, TLS, DNS and
     * database failures, whose messages contain no request text. Not for clients.
     */
    public static String rootCause(Throwable thrown) {
        Throwable root = thrown;
        for (int depth = 0; root.getCause() != null && depth < 100; depth++) {
            root = root.getCause();
        }
        String message = root.getMessage();
        String line =
                message == null ? "" : message.lines().findFirst().orElse("").strip();
        return root.getClass().getName() + (line.isEmpty() ? "" : ": " + line);
    }
}
