package org.o1api.api;

import com.fasterxml.jackson.core.JsonGenerator;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.o1api.llm.ErrorCode;
import org.o1api.llm.GatewayException;

/** A failure in OpenAI's shape. */
public record ErrorBody(
        ErrorCode code,
        String message,
        @Nullable String param,
        @Nullable Duration retryAfter) {
    private static final byte[] EVENT_HEAD = "event: error\ndata: ".getBytes(StandardCharsets.US_ASCII);

    public static ErrorBody of(GatewayException e) {
        return new ErrorBody(e.code(), String.valueOf(e.getMessage()), e.param(), e.retryAfter());
    }

    /** As a reply of its own. */
    public Response response() {
        Response.ResponseBuilder response = Response.status(code.status())
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(Json.bytes(this::write));
        if (code.status() == 401) {
            response.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
        if (retryAfter != null) {
            response.header(HttpHeaders.RETRY_AFTER, Math.max(1, (retryAfter.toMillis() + 999) / 1000));
        }
        return response.build();
    }

    /** As the last event of a stream that has begun. */
    public byte[] event() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(EVENT_HEAD);
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
        json.writeStringField("code", code.wireName());
        json.writeEndObject();
        json.writeEndObject();
    }
}
