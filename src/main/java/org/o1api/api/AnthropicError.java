package org.o1api.api;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.o1api.json.Json;
import org.o1api.model.ErrorCode;
import org.o1api.server.ErrorFormat;

/** An error in Anthropic's format, with Anthropic's types and statuses. */
public record AnthropicError(ErrorBody error, String requestId) {
    /** Anthropic's status of an overload. */
    private static final int OVERLOADED = 529;

    /** The words by which Claude Code recognizes that it must compact its conversation. */
    private static final String TOO_LONG = "prompt is too long";

    /** Returns the error as an HTTP response. */
    ErrorFormat.ErrorResponse toErrorResponse() {
        byte[] body = Json.bytes(json -> {
            json.writeStartObject();
            json.writeStringField("type", "error");
            writeFields(json);
            json.writeEndObject();
        });
        return new ErrorFormat.ErrorResponse(status(), error.headers(), new String(body, StandardCharsets.UTF_8));
    }

    /** Returns the error as the last event of a stream. */
    public byte[] toEvent() {
        EventEncoder events = new EventEncoder();
        addTo(events);
        return events.take();
    }

    /** Adds the error as the last event of a stream. */
    public void addTo(EventEncoder events) {
        events.add("error", this::writeFields);
    }

    private void writeFields(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("error");
        json.writeStringField("type", type(error.code().status()));
        json.writeStringField("message", message());
        json.writeEndObject();
        json.writeStringField("request_id", requestId);
    }

    /** A gateway that is stopping keeps its 503, by which proxies choose another node. */
    private int status() {
        boolean isOverload = error.code() == ErrorCode.OVERLOADED || error.code() == ErrorCode.UPSTREAM_UNAVAILABLE;
        return isOverload ? OVERLOADED : error.code().status();
    }

    private String message() {
        boolean isTooLong = error.wireCode().equals(ErrorCode.CONTEXT_LENGTH_EXCEEDED.wireName());
        return isTooLong && !error.message().startsWith(TOO_LONG) ? TOO_LONG + ": " + error.message() : error.message();
    }

    private static String type(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 503 -> "overloaded_error";
            case 504 -> "timeout_error";
            default -> status < 500 ? "invalid_request_error" : "api_error";
        };
    }
}
