package org.o1api.api;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.MediaType;
import org.glassfish.jersey.server.ChunkedOutput;

/**
 * Prevents proxies from caching event streams, and from buffering responses that are sent in pieces: event streams, and
 * JSON with white space as a heartbeat.
 */
public final class StreamingHeadersFilter implements ContainerResponseFilter {
    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        boolean isEventStream = MediaType.SERVER_SENT_EVENTS_TYPE.isCompatible(response.getMediaType());
        if (isEventStream) {
            response.getHeaders().putSingle("Cache-Control", "no-cache");
        }
        if (isEventStream || response.getEntity() instanceof ChunkedOutput<?>) {
            response.getHeaders().putSingle("X-Accel-Buffering", "no");
        }
    }
}
