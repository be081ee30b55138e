package org.o1api.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import jakarta.annotation.Priority;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.o1api.llm.ErrorCode;

/**
 * Reads the request body, within its bound, and sets {@code Accept} by what the body asks for. OpenAI's clients ask for a
 * stream in the body, by {@code "stream": true}, and accept JSON whatever they ask.
 */
@PreMatching
@Priority(Priorities.AUTHENTICATION + 1)
public final class BodyFilter implements ContainerRequestFilter {
    /** The name of the request property that is there when the body has been read to its end. */
    static final String READ = "org.o1api.bodyRead";

    private static final JsonFactory JSON = new JsonFactory();

    private final int limit;

    public BodyFilter(ApiSettings.Limits limits) {
        limit = limits.body();
    }

    @Override
    public void filter(ContainerRequestContext request) {
        MediaType accept = MediaType.APPLICATION_JSON_TYPE;
        if (request.getMethod().equals(HttpMethod.POST)) {
            requirePlain(request);
            byte[] body = read(request);
            request.setProperty(READ, true);
            request.setEntityStream(new ByteArrayInputStream(body));
            if (asksForStream(body)) {
                accept = MediaType.SERVER_SENT_EVENTS_TYPE;
            }
        }
        request.getHeaders().putSingle(HttpHeaders.ACCEPT, accept.toString());
    }

    /** Fails where the body is encoded: to unpack what is small may take any memory. */
    private static void requirePlain(ContainerRequestContext request) {
        String encoding = request.getHeaderString(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !encoding.isBlank() && !encoding.strip().equalsIgnoreCase("identity")) {
            throw new RequestException(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    null,
                    "The request body must not be compressed: this gateway takes no Content-Encoding but identity.");
        }
    }

    private byte[] read(ContainerRequestContext request) {
        if (announcedLength(request) <= limit) {
            byte[] body = readUpTo(limit + 1, request);
            if (body.length <= limit) {
                return body;
            }
        }
        throw new RequestException(
                ErrorCode.REQUEST_TOO_LARGE,
                null,
                "The request body is larger than " + limit + " bytes, the most that this gateway takes (limits.body).");
    }

    /** What the head says of the body's length, also where that is beyond an int; 0 where it says nothing. */
    private static long announcedLength(ContainerRequestContext request) {
        String length = request.getHeaderString(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null ? 0 : Long.parseLong(length.strip());
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE; // the container has checked that it is a number
        }
    }

    private static byte[] readUpTo(int length, ContainerRequestContext request) {
        try {
            return request.getEntityStream().readNBytes(length);
        } catch (IOException e) { // the client left, or was too slow: nothing of ours failed
            throw new RequestException(
                    ErrorCode.INVALID_REQUEST, null, "The request body ended before it was complete.");
        }
    }

    /** What is wrong with the body is told by whoever reads it whole. */
    private static boolean asksForStream(byte[] body) {
        try (JsonParser json = JSON.createParser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            boolean stream = false;
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                boolean found = json.currentName().equals("stream");
                JsonToken value = json.nextToken();
                if (found) {
                    stream = value == JsonToken.VALUE_TRUE;
                }
                json.skipChildren();
            }
            return stream;
        } catch (IOException e) {
            return false;
        }
    }
}
