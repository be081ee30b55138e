package org.o1api.api;

import com.fasterxml.jackson.core.JsonGenerator;
import jakarta.ws.rs.core.HttpHeaders;
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
 * An error in OpenAI's format.
 *
 * @param wireCode the value of {@code error.code}
 * @param retryAfter the delay to suggest to the client, at most two minutes; null: none
 */
public record ErrorBody(
        ErrorCode code,
        String wireCode,
        String message,
        @Nullable String param,
        @Nullable Duration retryAfter) {
    private static final byte[] EVENT_PREFIX = "event: error\ndata: ".getBytes(StandardCharsets.US_ASCII);

    /**
     * Suggested delay if a rate-limited provider does not specify one: rate limit windows are at least a few seconds
     * long.
     */
    private static final Duration DEFAULT_RATE_LIMIT_DELAY = Duration.ofSeconds(5);

    /**
     * The last event of a stream after a failure so severe that no other event can be created, such as a lack of
     * memory.
     */
    private static final byte[] UNEXPECTED_EVENT = unexpected().toEvent();

    /** Upper limit of the suggested delay: a provider may ask for days, and clients would wait that long. */
    private static final Duration MAX_RETRY_AFTER = Duration.ofMinutes(2);

    public ErrorBody {
        if (retryAfter == null) {
            retryAfter = code.status() == 429 ? DEFAULT_RATE_LIMIT_DELAY : null;
        } else if (retryAfter.compareTo(MAX_RETRY_AFTER) > 0) {
            retryAfter = MAX_RETRY_AFTER;
        }
    }

    /** Creates an error with the default {@code error.code} of its code. */
    public ErrorBody(ErrorCode code, String message, @Nullable String param, @Nullable Duration retryAfter) {
        this(code, code.wireName(), message, param, retryAfter);
    }

    public static ErrorBody of(GatewayException e) {
        return new ErrorBody(e.code(), e.wireCode(), String.valueOf(e.getMessage()), e.param(), e.retryAfter());
    }

    /** The headers of the error as an HTTP response, which do not depend on its format. */
    Map<String, String> headers() {
        Map<String, String> headers = new HashMap<>();
        if (code.status() == 401) {
            headers.put(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
        if (code.isFinal()) {
            headers.put("x-should-retry", "false"); // OpenAI's clients retry a 409 by default
        }
        if (retryAfter != null) {
            headers.put(HttpHeaders.RETRY_AFTER, String.valueOf(retryAfterSeconds()));
        }
        return headers;
    }

    /** The delay to suggest to the client, in whole seconds; 0: none. */
    public long retryAfterSeconds() {
        return retryAfter == null ? 0 : Math.max(1, (retryAfter.toMillis() + 999) / 1000);
    }

    /** Returns the error as an HTTP response. */
    public ErrorFormat.ErrorResponse toErrorResponse() {
        return new ErrorFormat.ErrorResponse(
                code.status(), headers(), new String(Json.bytes(this::write), StandardCharsets.UTF_8));
    }

    /** Returns the error of a failure whose reason is unknown. */
    public static ErrorBody unexpected() {
        return new ErrorBody(
                ErrorCode.INTERNAL_ERROR,
                "Internal gateway error. The operator finds the cause in the gateway's log.",
                null,
                null);
    }

    /** Returns the last event of a stream that fails for an unknown reason. */
    public static byte[] unexpectedEvent() {
        return UNEXPECTED_EVENT.clone();
    }

    /** Returns the error as the last event of a stream. */
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
