package org.o1api.upstream;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.json.Json;
import org.o1api.json.JsonLimits;
import org.o1api.json.JsonParsers;

/** Reads JSON that may be truncated as far as possible, without the members that quote a request or a reply. */
final class PartialJson {
    private static final JsonParsers JSON = Json.untrusted(JsonLimits.ofDepth(64));
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** Input that a validator echoes, and model output that a provider could not use. */
    private static final Set<String> QUOTATIONS = Set.of("input", "input_value", "ctx", "failed_generation");

    private boolean truncated;

    private PartialJson() {}

    /** The object, list or string in a text; null if the text is something else. */
    static @Nullable JsonNode read(String text) {
        PartialJson reader = new PartialJson();
        try (JsonParser json = JSON.of(text)) {
            json.nextToken();
            JsonNode node = reader.value(json);
            boolean isWhole = reader.truncated || json.nextToken() == null;
            return isWhole && (node.isContainerNode() || node.isTextual()) ? node : null;
        } catch (IOException e) {
            return null;
        }
    }

    private JsonNode value(JsonParser json) throws IOException {
        JsonToken token = json.currentToken();
        if (token == null) {
            return NODES.missingNode();
        }
        return switch (token) {
            case START_OBJECT -> object(json);
            case START_ARRAY -> array(json);
            case VALUE_STRING -> NODES.textNode(json.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> NODES.numberNode(json.getDecimalValue());
            case VALUE_TRUE, VALUE_FALSE -> NODES.booleanNode(json.getBooleanValue());
            default -> NODES.nullNode();
        };
    }

    private JsonNode object(JsonParser json) throws IOException {
        ObjectNode object = NODES.objectNode();
        try {
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                json.nextToken();
                if (QUOTATIONS.contains(name)) {
                    json.skipChildren();
                } else {
                    object.set(name, value(json));
                }
                if (truncated) {
                    break;
                }
            }
        } catch (JsonEOFException e) {
            truncated = true;
        }
        return object;
    }

    private JsonNode array(JsonParser json) throws IOException {
        ArrayNode array = NODES.arrayNode();
        try {
            for (JsonToken item = json.nextToken(); item != JsonToken.END_ARRAY; item = json.nextToken()) {
                array.add(value(json));
                if (truncated) {
                    break;
                }
            }
        } catch (JsonEOFException e) {
            truncated = true;
        }
        return array;
    }
}
