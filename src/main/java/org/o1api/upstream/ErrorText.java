package org.o1api.upstream;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Extracts the text of an error that may be written as a server-sent event. */
final class ErrorText {
    private static final int MAX_LENGTH = 8 * 1024;

    private static final Pattern DATA_LINE = Pattern.compile("(?m)^data:\\s*(.*)$");

    /** An event instead of a message, with JSON as its data. */
    private static final Pattern EVENT_OF_JSON = Pattern.compile("\\s*(?:event:[^\\n]*\\n)?data:\\s*[{\\[]");

    /** The data of the first event if the body is written as events; otherwise the body itself. */
    static String ofBody(String body) {
        String text = body.strip();
        if (text.startsWith("\ufeff")) {
            text = text.substring(1).strip();
        }
        if (text.startsWith("data:") || text.startsWith("event:")) {
            Matcher line = DATA_LINE.matcher(text);
            return line.find() ? line.group(1).strip() : "";
        }
        return text;
    }

    static String truncate(String text) {
        return text.substring(0, Math.min(text.length(), MAX_LENGTH));
    }

    static boolean looksLikeJson(String text) {
        return text.startsWith("{") || text.startsWith("[{") || text.startsWith("[\"");
    }

    /** A message, or the data of the event that replaces it. */
    static String ofMessage(String message) {
        String text = truncate(message);
        return EVENT_OF_JSON.matcher(text).lookingAt() ? ofBody(text) : text.strip();
    }

    private ErrorText() {}
}
