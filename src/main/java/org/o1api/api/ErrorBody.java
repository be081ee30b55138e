package org.o1api.api;

import com.fasterxml.jackson.core.JsonGenerator;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.json.Json;
import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;
import org.o1api.server.ErrorFormat;

/**
 * A failure in OpenAI's shape.
 *
 * @param wireCode what it is called there
 * @param retryAfter how long the caller is asked to wait, at most two minutes
 */
public record ErrorBody(
        ErrorCode code,
        String wireCode,
        String message,
        @Nullable String param,
        @Nullable Duration retryAfter) {
    private static final byte[] EVENT_PREFIX = "event: error\ndata: ".getBytes(StandardCharsets.US_ASCII);

    /** How long to wait where a provider that limits the rate does not say: its window is seconds at least. */
    private static final Duration DEFAULT_RATE_LIMIT_DELAY = Duration.ofSeconds(5);

    /** What a stream ends with if the gateway fails so badly that no other event can be written. */
    private static final byte[] UNEXPECTED_EVENT = new ErrorBody(
                    ErrorCode.INTERNAL_ERROR, "Internal error of the gateway. Its log contains the cause.", null, null)
            .toEvent();

    /** A provider may ask for days; clients would wait that long. */
    private static final Duration MAX_RETRY_AFTER = Duration.ofMinutes(2);

    public ErrorBody {
        if (retryAfter == null) {
            retryAfter = code.status() == 429 ? DEFAULT_RATE_LIMIT_DELAY : null;
        } else if (retryAfter.compareTo(MAX_RETRY_AFTER) > 0) {
            retryAfter = MAX_RETRY_AFTER;
        }
    }

    /** A failure that is called what we call it. */
    public ErrorBody(ErrorCode code, String message, @Nullable String param, @Nullable Duration retryAfter) {
        this(code, code.wireName(), message, param, retryAfter);
    }

    public static ErrorBody of(GatewayException e) {
        return new ErrorBody(e.code(), e.wireCode(), String.valueOf(e.getMessage()), e.param(), e.retryAfter());
    }

    /** As a response of its own. */
    public ErrorFormat.ErrorResponse toErrorResponse() {
        Map<String, String> headers = new HashMap<>();
        if (code.status() == 401) {
            headers.put(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
        if (code.isFinal()) {
            headers.put("x-should-retry", "false"); // OpenAI's clients would repeat a 409
        }
        if (retryAfter != null) {
            headers.put(HttpHeaders.RETRY_AFTER, String.valueOf(Math.max(1, (retryAfter.toMillis() + 999) / 1000)));
        }
        return new ErrorFormat.ErrorResponse(
                code.status(), headers, new String(Json.bytes(this::write), StandardCharsets.UTF_8));
    }

    /** The same, for Jersey. */
    public Response toResponse() {
        ErrorFormat.ErrorResponse reply = toErrorResponse();
        Response.ResponseBuilder response = Response.status(reply.status())
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(reply.json());
        reply.headers().forEach(response::header);
        return response.build();
    }

    /** The last event of a stream that ends without a reason that is known. */
    public static byte[] unexpectedEvent() {
        return UNEXPECTED_EVENT.clone();
    }

    /** As the last event of a stream that has begun. */
    public byte[] toEvent() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(EVENT_PREFIX);
        out.writeBytes(Json.bytes(this::write));
        out.write('\n');
        out.write('\n');
        return out.toByteArray();
    }

    private void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeObjectFieldStart("error");
        json.writeStringField("message", message);
        json.writeStringField("type", code.type());
        json.writeStringField("param", param);
        json.writeStringField("code", wireCode);
        json.writeEndObject();
        json.writeEndObject();
    }
}
