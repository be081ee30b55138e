package org.o1api.upstream;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the error that an object of a reply contains or is, in any of the places where providers put it. */
final class ErrorFinder {
    /** Codes that mean success. */
    private static final Set<String> GOOD_CODES = Set.of("", "0", "200", "ok", "success");

    private final RawValues raw;
    private @Nullable ErrorBody error;
    // What is an error in an object that is no chunk.
    private boolean isWholeObject;
    private boolean hasMessage;
    private boolean hasCode;

    ErrorFinder(RawValues raw) {
        this.raw = raw;
    }

    /** Another object begins. */
    void forget() {
        error = null;
        isWholeObject = false;
        hasMessage = false;
        hasCode = false;
    }

    /** Reads a field that contains an error unless its value is null, false or empty. */
    void read(JsonParser json, JsonToken value) throws IOException {
        boolean none = value == JsonToken.VALUE_NULL
                || value == JsonToken.VALUE_FALSE
                || (value == JsonToken.VALUE_STRING && json.getText().isEmpty());
        if (none) {
            return;
        }
        error = wrapped(raw.read(json).text());
    }

    /** Reads MiniMax's {@code base_resp}, which is there with every reply. */
    void readBaseResponse(JsonParser json, JsonToken value) throws IOException {
        if (value != JsonToken.START_OBJECT) {
            json.skipChildren();
            return;
        }
        int code = 0;
        String message = "null";
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            JsonToken field = json.nextToken();
            if (name.equals("status_code") && field == JsonToken.VALUE_NUMBER_INT) {
                code = json.getValueAsInt(0);
            } else if (name.equals("status_msg") && field == JsonToken.VALUE_STRING) {
                message = raw.read(json).text();
            } else {
                json.skipChildren();
            }
        }
        if (code != 0) {
            error = wrapped("{\"code\":" + statusOf(code) + ",\"message\":" + message + "}");
        }
    }

    /** MiniMax's codes as HTTP statuses. */
    private static int statusOf(int code) {
        return switch (code) {
            case 1001 -> 504;
            case 1002, 1039, 1041, 2045, 2056 -> 429;
            case 1004, 2049 -> 401;
            case 1008 -> 402;
            case 1026, 1042, 2013 -> 400;
            default -> 500;
        };
    }

    /** Reads a field of an object's top level by which an error without {@code error} is known. */
    void readShape(String name, JsonParser json, JsonToken value) throws IOException {
        switch (name) {
            case "object", "type" ->
                isWholeObject |=
                        value == JsonToken.VALUE_STRING && json.getText().equals("error");
            case "detail" ->
                isWholeObject |= value == JsonToken.START_ARRAY
                        || value == JsonToken.START_OBJECT
                        || (value == JsonToken.VALUE_STRING && !json.getText().isEmpty());
            case "message" -> hasMessage |= value == JsonToken.VALUE_STRING;
            case "code", "status_code" ->
                hasCode |=
                        value.isScalarValue() && value != JsonToken.VALUE_NULL && !GOOD_CODES.contains(json.getText());
            default -> {}
        }
        json.skipChildren();
    }

    /**
     * The error; null if there is none.
     *
     * @param isChunk whether the object is known to be a chunk: then only a field for errors counts
     */
    @Nullable
    ErrorBody found(boolean isChunk, byte[] bytes, int offset, int length) {
        if (error == null && !isChunk && (isWholeObject || (hasMessage && hasCode))) {
            return ErrorBody.of(Arrays.copyOfRange(bytes, offset, offset + length));
        }
        return error;
    }

    /** The error that data are which an event names so, whatever they are. */
    static ErrorBody named(byte[] bytes, int offset, int length) {
        String text = new String(bytes, offset, length, StandardCharsets.UTF_8).strip();
        return text.startsWith("\"") && JsonText.parses(text)
                ? wrapped(text)
                : ErrorBody.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static ErrorBody wrapped(String value) {
        return ErrorBody.of(("{\"error\":" + value + "}").getBytes(StandardCharsets.UTF_8));
    }
}
