package org.o1api.upstream;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Detects whether a JSON object in a reply is or contains an error. {@link ErrorReader} reads the error. */
final class ErrorDetector {
    private static final Set<String> SUCCESS_CODES = Set.of("", "0", "200", "ok", "success");

    private boolean hasError;
    // Signs that an object that is not a chunk is an error.
    private boolean hasErrorShape;
    private boolean isPing;
    private boolean hasMessage;
    private boolean hasCode;

    /** Resets the state for the next object. */
    void reset() {
        hasError = false;
        hasErrorShape = false;
        isPing = false;
        hasMessage = false;
        hasCode = false;
    }

    /** Reads a field that holds an error unless its value is null, false or empty. */
    void readErrorField(JsonParser json, JsonToken value) throws IOException {
        hasError |= hasValue(json, value);
    }

    /** Whether a value is or contains anything except null, false, zero and blank text. Consumes the value. */
    private static boolean hasValue(JsonParser json, JsonToken value) throws IOException {
        if (!value.isStructStart()) {
            return isValue(json, value);
        }
        boolean hasValue = false;
        int depth = 1;
        while (depth > 0) {
            JsonToken token = json.nextToken();
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            } else if (token != JsonToken.FIELD_NAME) {
                hasValue |= isValue(json, token);
            }
        }
        return hasValue;
    }

    private static boolean isValue(JsonParser json, JsonToken value) throws IOException {
        return switch (value) {
            case VALUE_NULL, VALUE_FALSE -> false;
            case VALUE_STRING -> !json.getText().isBlank();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> json.getDoubleValue() != 0;
            default -> true;
        };
    }

    /** Reads MiniMax's {@code base_resp}, which every reply contains. */
    void readBaseResponse(JsonParser json, JsonToken value) throws IOException {
        if (value != JsonToken.START_OBJECT) {
            json.skipChildren();
            return;
        }
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            JsonToken field = json.nextToken();
            hasError |= name.equals("status_code") && field == JsonToken.VALUE_NUMBER_INT && json.getValueAsInt(0) != 0;
            json.skipChildren();
        }
    }

    /** Reads a top-level field that may show that an object without {@code error} is an error. */
    void readTopLevelField(String name, JsonParser json, JsonToken value) throws IOException {
        switch (name) {
            case "object", "type" -> {
                String kind = value == JsonToken.VALUE_STRING ? json.getText() : "";
                hasErrorShape |= kind.equals("error");
                isPing |= kind.equals("ping") || kind.equals("heartbeat");
            }
            case "detail" ->
                hasErrorShape |= value == JsonToken.START_ARRAY
                        || value == JsonToken.START_OBJECT
                        || (value == JsonToken.VALUE_STRING && !json.getText().isEmpty());
            case "errors" -> {
                hasErrorShape |= hasValue(json, value);
                return;
            }
            case "message" -> hasMessage |= value == JsonToken.VALUE_STRING;
            case "code", "status_code" ->
                hasCode |= value.isScalarValue()
                        && value != JsonToken.VALUE_NULL
                        && !SUCCESS_CODES.contains(json.getText());
            default -> {}
        }
        json.skipChildren();
    }

    /** Whether the object is only a keep-alive. */
    boolean isPing() {
        return isPing;
    }

    /**
     * The error; null if there is none.
     *
     * @param isChunk whether the object is a chunk: then only the fields for errors count
     */
    @Nullable
    ProviderErrorBody detectedError(boolean isChunk, byte[] bytes, int offset, int length) {
        boolean found = hasError || (!isChunk && (hasErrorShape || (hasMessage && hasCode)));
        return found ? ProviderErrorBody.of(bytes, offset, length) : null;
    }

    /** Reads the data of an event named {@code error} as an error, in any format. */
    static ProviderErrorBody ofErrorEvent(byte[] bytes, int offset, int length) {
        String text = new String(bytes, offset, length, StandardCharsets.UTF_8).strip();
        return text.startsWith("\"") && JsonText.isJson(text)
                ? ProviderErrorBody.of(("{\"error\":" + text + "}").getBytes(StandardCharsets.UTF_8))
                : ProviderErrorBody.of(bytes, offset, length);
    }
}
