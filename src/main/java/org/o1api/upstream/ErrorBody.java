package org.o1api.upstream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What an upstream says about a failure, in OpenAI's form or one of its relatives'.
 *
 * @param statement the message, or a short body that is no JSON; empty if there is neither. May quote the request
 * @param message the part that is meant for people; null if there is none
 * @param param the field at fault; null if it names none
 * @param code what the upstream calls the failure; null if it has no word for it
 */
record ErrorBody(
        String statement,
        @Nullable String message,
        @Nullable String param,
        @Nullable String code) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST_STATEMENT = 2000;

    static ErrorBody of(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        JsonNode root;
        try {
            root = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            return new ErrorBody(start(text), null, null, null);
        }
        if (root.isArray()) { // Gemini's form
            root = root.path(0);
        }
        JsonNode error = root.path("error");
        if (error.isTextual()) {
            return of(error.textValue(), null, null);
        }
        if (error.isMissingNode() && root.path("message").isTextual()) {
            error = root;
        }
        if (error.isObject()) {
            return of(
                    error.path("message").textValue(),
                    error.path("param").textValue(),
                    error.path("code").textValue());
        }
        JsonNode detail = root.path("detail"); // FastAPI's form
        if (detail.isTextual()) {
            return of(detail.textValue(), null, null);
        }
        JsonNode location = detail.path(0).path("loc");
        return of(
                detail.path(0).path("msg").textValue(),
                location.path(location.size() > 1 ? 1 : 0).textValue(),
                null);
    }

    private static ErrorBody of(@Nullable String message, @Nullable String param, @Nullable String code) {
        return new ErrorBody(message == null ? "" : start(message), message, param, code);
    }

    private static String start(String text) {
        return text.substring(0, Math.min(text.length(), LONGEST_STATEMENT));
    }
}
