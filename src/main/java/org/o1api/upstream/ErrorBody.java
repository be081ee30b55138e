package org.o1api.upstream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What an upstream says of a failure, in OpenAI's form or one of its relatives'.
 *
 * @param text all of it, to look for names in
 * @param message the part that is meant for people; null when there is none
 * @param param the field at fault; null when it names none
 * @param code what the upstream calls the failure; null when it has no word for it
 */
record ErrorBody(
        String text,
        @Nullable String message,
        @Nullable String param,
        @Nullable String code) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static ErrorBody of(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        JsonNode root;
        try {
            root = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            return new ErrorBody(text, null, null, null);
        }
        if (root.isArray()) { // Gemini's form
            root = root.path(0);
        }
        JsonNode error = root.path("error");
        if (error.isTextual()) {
            return new ErrorBody(text, error.textValue(), null, null);
        }
        if (error.isMissingNode() && root.path("message").isTextual()) {
            error = root;
        }
        if (error.isObject()) {
            return new ErrorBody(
                    text,
                    error.path("message").textValue(),
                    error.path("param").textValue(),
                    error.path("code").textValue());
        }
        JsonNode detail = root.path("detail"); // FastAPI's form
        if (detail.isTextual()) {
            return new ErrorBody(text, detail.textValue(), null, null);
        }
        JsonNode location = detail.path(0).path("loc");
        return new ErrorBody(
                text,
                detail.path(0).path("msg").textValue(),
                location.path(location.size() > 1 ? 1 : 0).textValue(),
                null);
    }
}
