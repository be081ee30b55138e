package org.o1api.upstream;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/** The kind of an event's data, judged by how it starts. */
enum EventDataKind {
    /** Must parse as JSON. */
    JSON,
    DONE,
    /** Plain text that some providers send while they are silent, such as {@code : STILL WORKING}. */
    KEEP_ALIVE,
    /** Neither JSON nor keep-alive text, or text that mentions a failure. */
    OTHER;

    private static final String DONE_MARK = "[DONE]";
    private static final int MAX_KEEP_ALIVE = 256;

    /** Characters of JSON and HTML: text with one of them is a fragment. */
    private static final Pattern MARKUP = Pattern.compile("[{}\\[\\]\"<>\\\\]");

    private static final Pattern FAILURE = Pattern.compile("error|fail|exception|abort|cancel|denied|refused|invalid"
            + "|unauthori[sz]ed|unavailable|overloaded|exceeded|timeout|timed out");

    static EventDataKind of(byte[] bytes, int offset, int length) {
        int from = offset;
        int end = offset + length;
        while (from < end && isSpace(bytes[from])) {
            from++;
        }
        if (from == end) {
            return KEEP_ALIVE;
        }
        return switch (bytes[from]) {
            case '{', '"', '<' -> JSON;
            case '[' -> startsWithDone(bytes, from, end) ? DONE : JSON;
            default -> ofText(bytes, from, end - from);
        };
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\t' || b == '\n' || b == '\r';
    }

    private static boolean startsWithDone(byte[] bytes, int from, int end) {
        int length = DONE_MARK.length();
        return end - from >= length
                && new String(bytes, from, length, StandardCharsets.US_ASCII).equalsIgnoreCase(DONE_MARK);
    }

    private static EventDataKind ofText(byte[] bytes, int from, int length) {
        if (length > MAX_KEEP_ALIVE) {
            return OTHER;
        }
        String text = new String(bytes, from, length, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
        return MARKUP.matcher(text).find() || FAILURE.matcher(text).find() ? OTHER : KEEP_ALIVE;
    }
}
