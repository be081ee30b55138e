package org.o1api.model;

import org.jspecify.annotations.Nullable;

/**
 * Identifies a turn, for logs and for the provider.
 *
 * @param id neutral: {@code turn_} and 32 hexadecimal digits; each API surface derives its own ID from it
 * @param caller the name of the caller's API key
 * @param preset the name of the preset
 * @param surface the API that the request came by, such as {@code chat}
 * @param requestId of the HTTP request
 * @param depth how many gateways the request has passed before this one; 0: it comes from a client
 * @param trace the trace that the request belongs to; null: none
 */
public record TurnInfo(
        String id,
        String caller,
        String preset,
        String surface,
        String requestId,
        int depth,
        @Nullable TraceContext trace) {
    /** The HTTP header with the number of gateways that a request has passed, including the one that sends it. */
    public static final String DEPTH_HEADER = "x-o1-depth";

    /** A turn of a request that comes from a client. */
    public TurnInfo(
            String id, String caller, String preset, String surface, String requestId, @Nullable TraceContext trace) {
        this(id, caller, preset, surface, requestId, 0, trace);
    }
}
