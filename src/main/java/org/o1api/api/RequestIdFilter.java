package org.o1api.api;

import jakarta.annotation.Priority;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.UUID;
import java.util.regex.Pattern;

/** Gives each request an id, the caller's where it is well formed, and each response its common headers. */
@PreMatching
@Priority(0)
public final class RequestIdFilter implements ContainerRequestFilter, ContainerResponseFilter {
    /** The name of the request property that holds the id. */
    public static final String PROPERTY = "org.o1api.requestId";

    private static final String HEADER = "x-request-id";
    private static final Pattern WELL_FORMED = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

    @Override
    public void filter(ContainerRequestContext request) {
        String given = request.getHeaderString(HEADER);
        request.setProperty(
                PROPERTY,
                given != null && WELL_FORMED.matcher(given).matches()
                        ? given
                        : "req_" + UUID.randomUUID().toString().replace("-", ""));
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        response.getHeaders().putSingle(HEADER, String.valueOf(request.getProperty(PROPERTY)));
        if (request.getProperty(BodyFilter.READ) == null && hasBody(request)) {
            // The container ends such a connection, but tells that too late for the head of the response.
            response.getHeaders().putSingle("Connection", "close");
        }
        if (MediaType.SERVER_SENT_EVENTS_TYPE.isCompatible(response.getMediaType())) {
            response.getHeaders().putSingle("Cache-Control", "no-cache");
            response.getHeaders().putSingle("X-Accel-Buffering", "no");
        }
    }

    private static boolean hasBody(ContainerRequestContext request) {
        String length = request.getHeaderString(HttpHeaders.CONTENT_LENGTH);
        return request.getHeaderString("Transfer-Encoding") != null
                || (length != null && !length.strip().equals("0"));
    }
}
