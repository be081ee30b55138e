package org.o1api.model;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The position of a request in a distributed trace, as in W3C Trace Context (https://www.w3.org/TR/trace-context/). The gateway
 * has no spans of its own, so the provider's span becomes a child of the client's.
 *
 * @param traceparent version 00 of the header's value
 * @param tracestate at most 512 characters of the header's value; null: the request has none, or an invalid one
 */
public record TraceContext(String traceparent, @Nullable String tracestate) {
    private static final Pattern TRACEPARENT =
            Pattern.compile("(?!ff)([0-9a-f]{2})-((?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16})-([0-9a-f]{2})(-.*)?");

    /** The flags of version 00: sampled, and random trace ID. */
    private static final int KNOWN_FLAGS = 0b11;

    /**
     * Reads the context of a request.
     *
     * @param traceparent the values of all headers {@code traceparent}
     * @param tracestate the values of all headers {@code tracestate}, in their order
     * @return null if the request has no traceparent, several, or an invalid one
     */
    public static @Nullable TraceContext of(List<String> traceparent, List<String> tracestate) {
        if (traceparent.size() != 1) {
            return null;
        }
        String normalized = normalize(traceparent.get(0).strip());
        return normalized == null ? null : new TraceContext(normalized, TraceState.normalize(tracestate));
    }

    /** Returns version 00 of a traceparent; null if it is invalid. A later version may only have more fields. */
    private static @Nullable String normalize(String traceparent) {
        Matcher fields = TRACEPARENT.matcher(traceparent);
        if (!fields.matches()) {
            return null;
        }
        if (fields.group(1).equals("00")) {
            return fields.group(4) == null ? traceparent : null;
        }
        int flags = Integer.parseInt(fields.group(3), 16) & KNOWN_FLAGS;
        return "00-" + fields.group(2) + "-0" + flags;
    }
}
