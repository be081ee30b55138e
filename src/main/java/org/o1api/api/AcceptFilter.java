package org.o1api.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import org.o1api.json.Json;
import org.o1api.json.JsonLimits;
import org.o1api.json.JsonParsers;

/**
 * Sets the header {@code Accept} according to the body, so that Jersey selects the right method. OpenAI's clients
 * request a stream in the body ({@code "stream": true}) and send the same {@code Accept} in both cases.
 */
@PreMatching
@Priority(Priorities.HEADER_DECORATOR)
public final class AcceptFilter implements ContainerRequestFilter {
    private static final JsonParsers JSON = Json.untrusted(JsonLimits.ofDepth(Json.MAX_DEPTH));

    @Override
    public void filter(ContainerRequestContext request) {
        boolean stream = requestsStream(RequestJson.body(request).bytes());
        MediaType accept = stream ? MediaType.SERVER_SENT_EVENTS_TYPE : MediaType.APPLICATION_JSON_TYPE;
        request.getHeaders().putSingle(HttpHeaders.ACCEPT, accept.toString());
    }

    /** Whether the body requests a stream. False for a malformed body, which the resource reports when it reads it. */
    private static boolean requestsStream(byte[] body) {
        try (JsonParser json = JSON.of(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            boolean stream = false;
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                boolean isStream = json.currentName().equals("stream");
                JsonToken value = json.nextToken();
                if (isStream) {
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
