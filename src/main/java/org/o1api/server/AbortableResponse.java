package org.o1api.server;

import jakarta.ws.rs.container.ContainerRequestContext;

/**
 * A response that can be ended in a way that the client notices as a failure. Without it, a response that has started could only be
 * completed, and a client without an end marker in its format would take it for a whole one.
 *
 * <p>Neither JAX-RS nor the Servlet API can cut a connection. The container does that itself if a dispatched request fails after the
 * response has started. So {@link #abort} only marks the request's {@link RequestCycle}. When Jersey then completes the request, the
 * {@link ResponseGuard} dispatches it to {@link ErrorServlet} instead, and that throws.
 */
public final class AbortableResponse {
    /** The request attribute that contains it. */
    static final String ATTRIBUTE = "org.o1api.abortableResponse";

    private final RequestCycle cycle;

    AbortableResponse(RequestCycle cycle) {
        this.cycle = cycle;
    }

    /** Returns the response of a request that is not complete yet. */
    public static AbortableResponse of(ContainerRequestContext request) {
        if (request.getProperty(ATTRIBUTE) instanceof AbortableResponse response) {
            return response;
        }
        throw new IllegalStateException("the request has ended, or did not pass the response guard");
    }

    /** Makes the container close the connection instead of completing the response. May be called at any time. */
    public void abort() {
        cycle.abort();
    }
}
