package org.o1api.fuzz;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.regex.Pattern;

/** Collects log records that must not occur: stack traces, severe messages, and text of requests and replies. */
final class ForbiddenLogRecords extends Handler {
    private static final Pattern TEXT = Pattern.compile("fz-[0-9a-f]{16}|ans-[0-9a-f]{16}|FUZZ-|sk-provider");

    private final Logger root = Logger.getLogger("");
    private final SimpleFormatter formatter = new SimpleFormatter();
    private final List<String> records = new CopyOnWriteArrayList<>();

    ForbiddenLogRecords() {
        root.addHandler(this);
    }

    @Override
    public void publish(LogRecord record) {
        String message = formatter.formatMessage(record);
        boolean byGateway = String.valueOf(record.getLoggerName()).startsWith("org.o1api");
        boolean severe = record.getLevel().intValue() >= (byGateway ? Level.SEVERE : Level.WARNING).intValue();
        if ((severe && !String.valueOf(record.getLoggerName()).startsWith("org.o1api.fuzz"))
                || (byGateway && record.getThrown() != null)
                || TEXT.matcher(message).find()) {
            records.add(formatter.format(record));
        }
    }

    /** Returns and removes the records collected so far. */
    List<String> drain() {
        List<String> drained = List.copyOf(records);
        records.removeAll(drained);
        return drained;
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        root.removeHandler(this);
    }
}
