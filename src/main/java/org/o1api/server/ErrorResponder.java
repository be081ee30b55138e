package org.o1api.server;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.o1api.model.GatewayException;

/** Writes error responses outside of Jersey. */
public final class ErrorResponder {
    private final ErrorFormat format;
    private final OpenBodies bodies;

    public ErrorResponder(ErrorFormat format, OpenBodies bodies) {
        this.format = format;
        this.bodies = bodies;
    }

    /** Rejects an unauthenticated request whose body has not been read. */
    void reject(HttpServletRequest request, HttpServletResponse response, GatewayException failure) throws IOException {
        if (sendAndClose(request, response, failure)) {
            BodyReader.discard(request, bodies);
        }
    }

    /** Rejects an authenticated request whose body has not been read. */
    void reject(
            HttpServletRequest request, HttpServletResponse response, GatewayException failure, BodySettings settings)
            throws IOException {
        if (sendAndClose(request, response, failure)) {
            BodyReader.discard(request, bodies, settings);
        }
    }

    /** Returns whether there is a body to discard. */
    private boolean sendAndClose(HttpServletRequest request, HttpServletResponse response, GatewayException failure)
            throws IOException {
        boolean hasBody = BodyReader.hasBody(request);
        if (hasBody) {
            response.setHeader("Connection", "close");
        }
        send(request, response, failure);
        return hasBody;
    }

    /** Writes an error response unless a response has been started. */
    void send(HttpServletRequest request, HttpServletResponse response, GatewayException failure) throws IOException {
        if (!response.isCommitted()) {
            ErrorFormat.ErrorResponse error = format.of(failure, ErrorFormat.FailedRequest.of(request));
            response.setContentLength(write(response, error));
            response.flushBuffer();
        }
    }

    /**
     * Writes the response for a status, and lets the container end it: if the response is flushed here, Jetty drops the
     * body of some error pages.
     */
    void sendStatus(HttpServletRequest request, HttpServletResponse response, int status) throws IOException {
        var unused = write(response, format.ofStatus(status, ErrorFormat.FailedRequest.of(request)));
    }

    /** Returns the length of the body. */
    private static int write(HttpServletResponse response, ErrorFormat.ErrorResponse error) throws IOException {
        byte[] json = error.json().getBytes(StandardCharsets.UTF_8);
        response.setStatus(error.status());
        error.headers().forEach(response::setHeader);
        response.setContentType("application/json");
        response.getOutputStream().write(json);
        return json.length;
    }
}
