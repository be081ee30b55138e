package org.o1api.server;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.o1api.llm.GatewayException;

/** Answers requests with errors outside of Jersey. */
public final class ErrorResponder {
    private final ErrorFormat format;

    public ErrorResponder(ErrorFormat format) {
        this.format = format;
    }

    /** Answers a request whose body has not been read, and does not read it: what still arrives of it is discarded. */
    void reject(HttpServletRequest request, HttpServletResponse response, GatewayException failure) throws IOException {
        boolean hasBody = BodyReader.hasBody(request);
        if (hasBody) {
            response.setHeader("Connection", "close");
        }
        send(response, failure);
        if (hasBody) {
            BodyReader.discard(request);
        }
    }

    /** Writes an error response if no other response has begun. */
    void send(HttpServletResponse response, GatewayException failure) throws IOException {
        send(response, format.of(failure));
    }

    /** Writes the response for a status. */
    void sendStatus(HttpServletResponse response, int status) throws IOException {
        send(response, format.ofStatus(status));
    }

    private static void send(HttpServletResponse response, ErrorFormat.Reply reply) throws IOException {
        if (response.isCommitted()) {
            return;
        }
        response.setStatus(reply.status());
        reply.headers().forEach(response::setHeader);
        response.setContentType("application/json");
        byte[] json = reply.json().getBytes(StandardCharsets.UTF_8);
        response.setContentLength(json.length);
        response.getOutputStream().write(json);
        response.flushBuffer();
    }
}
