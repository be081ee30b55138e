package org.o1api.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/**
 * The schemas of the Responses API. Everything is valid by OpenAI's. By those of Open Responses it is, too, except what they do not have:
 * custom tools, namespaces and generated images, the efforts {@code minimal} and {@code max}, and the schema of an answer. OpenAI's schema
 * does not list the code {@code context_length_exceeded}, for which clients compact their history.
 */
public final class ResponseSchema {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> OTHER_TOOLS = Set.of("custom", "namespace");
    private static final Set<String> OTHER_ITEMS = Set.of("custom_tool_call", "image_generation_call");
    private static final Set<String> OTHER_EVENTS = Set.of(
            "response.custom_tool_call_input.delta",
            "response.custom_tool_call_input.done",
            "response.image_generation_call.completed");
    private static final Set<String> OTHER_EFFORTS = Set.of("minimal", "max");

    private static final String CONTEXT_LENGTH_EXCEEDED = "context_length_exceeded";

    private ResponseSchema() {}

    /** Fails unless a text is a valid response. */
    public static void check(String json) {
        SchemaFile.OPENAI.check("Response", json);
        JsonNode response = parsed(json);
        removeExtensions((ObjectNode) response);
        SchemaFile.OPEN_RESPONSES.check("ResponseResource", response.toString());
    }

    /** Fails unless a text is a valid event of a stream. */
    public static void checkEvent(String json) {
        JsonNode event = parsed(json);
        String type = event.path("type").asText();
        if (event.at("/response/error") instanceof ObjectNode error
                && error.path("code").asText().equals(CONTEXT_LENGTH_EXCEEDED)) {
            error.put("code", "invalid_prompt");
        }
        SchemaFile.OPENAI.checkEvent(type, event.toString());
        if (OTHER_EVENTS.contains(type)
                || OTHER_ITEMS.contains(event.path("item").path("type").asText())) {
            return;
        }
        if (event.path("response") instanceof ObjectNode response) {
            removeExtensions(response);
        }
        SchemaFile.OPEN_RESPONSES.checkEvent(type, event.toString());
    }

    /** Fails unless a text is a valid list of the items of an input. */
    public static void checkItems(String json) {
        SchemaFile.OPENAI.check("ResponseItemList", json);
    }

    private static void removeExtensions(ObjectNode response) {
        removeTypes(response.withArray("tools"), OTHER_TOOLS);
        removeTypes(response.withArray("output"), OTHER_ITEMS);
        if (response.path("reasoning") instanceof ObjectNode reasoning
                && OTHER_EFFORTS.contains(reasoning.path("effort").asText())) {
            reasoning.put("effort", "low");
        }
        if (response.at("/text/format/type").asText().equals("json_schema")) {
            ((ObjectNode) response.path("text")).putObject("format").put("type", "text");
        }
        if (OTHER_TOOLS.stream()
                .anyMatch(type -> response.path("tool_choice").toString().contains('"' + type + '"'))) {
            response.put("tool_choice", "auto");
        }
    }

    private static void removeTypes(ArrayNode list, Set<String> types) {
        for (int i = list.size() - 1; i >= 0; i--) {
            if (types.contains(list.get(i).path("type").asText())) {
                list.remove(i);
            }
        }
    }

    private static JsonNode parsed(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + json, e);
        }
    }
}
