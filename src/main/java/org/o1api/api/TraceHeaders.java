package org.o1api.api;

import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.o1api.model.TraceContext;

/** The request headers of W3C Trace Context. */
public final class TraceHeaders {
    private TraceHeaders() {}

    /** Reads the trace that a request belongs to; null if it has no valid one. */
    public static @Nullable TraceContext read(ContainerRequestContext request) {
        return TraceContext.of(values(request, "traceparent"), values(request, "tracestate"));
    }

    private static List<String> values(ContainerRequestContext request, String header) {
        return request.getHeaders().getOrDefault(header, List.of());
    }
}
