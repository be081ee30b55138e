package org.o1api.api.request;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.o1api.api.RequestException;
import org.o1api.model.RawJson;

/** Reads {@code metadata}: what a client attaches to an object, as OpenAI's API limits it. */
public final class Metadata {
    private static final int MAX_ENTRIES = 16;
    private static final int MAX_KEY_LENGTH = 64;
    private static final int MAX_VALUE_LENGTH = 512;

    private Metadata() {}

    /**
     * Reads the value of a field.
     *
     * @throws RequestException if it is not valid
     */
    public static RawJson read(JsonNode metadata, String path) {
        RequestException.require(
                metadata.isObject() && metadata.size() <= MAX_ENTRIES,
                path,
                "an object with at most " + MAX_ENTRIES + " string values");
        for (Map.Entry<String, JsonNode> entry : metadata.properties()) {
            RequestException.require(
                    entry.getKey().length() <= MAX_KEY_LENGTH,
                    path,
                    "an object with keys of at most " + MAX_KEY_LENGTH + " characters");
            RequestException.require(
                    entry.getValue().isTextual() && entry.getValue().textValue().length() <= MAX_VALUE_LENGTH,
                    path + "." + entry.getKey(),
                    "a string of at most " + MAX_VALUE_LENGTH + " characters");
        }
        return new RawJson(metadata.toString());
    }
}
