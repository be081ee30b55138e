package org.o1api.api.chat;

import com.fasterxml.jackson.core.JsonToken;
import org.jspecify.annotations.Nullable;
import org.o1api.api.RequestException;
import org.o1api.api.request.JsonReader;
import org.o1api.model.ErrorCode;
import org.o1api.model.RawJson;

/** Reads {@code response_format}. */
final class ResponseFormatReader {
    private final JsonReader json;

    ResponseFormatReader(JsonReader json) {
        this.json = json;
    }

    /** Returns the format for the provider; null for plain text, which is the default. */
    @Nullable
    RawJson format(String path) {
        json.require(JsonToken.START_OBJECT, path, "an object");
        int start = json.start();
        String type = "";
        boolean hasSchema = false;
        for (String field = json.nextField(); field != null; field = json.nextField()) {
            switch (field) {
                case "type" -> type = json.string(path + ".type");
                case "json_schema" -> {
                    checkSchema(path + ".json_schema");
                    hasSchema = true;
                }
                default -> json.skip();
            }
        }
        if (type.equals("json_schema") && !hasSchema) {
            throw RequestException.missing(path + ".json_schema");
        }
        return switch (type) {
            case "text" -> null;
            case "json_object", "json_schema" -> json.rawFrom(start);
            default ->
                throw new RequestException(
                        ErrorCode.INVALID_REQUEST,
                        path + ".type",
                        "'" + path + ".type' must be one of text, json_object, json_schema.");
        };
    }

    private void checkSchema(String path) {
        json.require(JsonToken.START_OBJECT, path, "an object");
        boolean named = false;
        for (String field = json.nextField(); field != null; field = json.nextField()) {
            switch (field) {
                case "name" -> {
                    json.name(path + ".name");
                    named = true;
                }
                case "schema" -> {
                    json.require(JsonToken.START_OBJECT, path + ".schema", "an object");
                    json.skip();
                }
                default -> json.skip();
            }
        }
        if (!named) {
            throw RequestException.missing(path + ".name");
        }
    }
}
