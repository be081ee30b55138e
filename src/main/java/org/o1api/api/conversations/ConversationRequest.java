package org.o1api.api.conversations;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.api.ApiSettings;
import org.o1api.api.RequestException;
import org.o1api.api.RequestJson;
import org.o1api.api.items.ItemReader;
import org.o1api.api.request.Metadata;
import org.o1api.json.Json;
import org.o1api.model.ErrorCode;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.SurrogateGuard;

/**
 * The body of a request for a conversation.
 *
 * @param metadata null if the body has none
 * @param messages the messages in {@code items}
 */
record ConversationRequest(@Nullable RawJson metadata, List<Message> messages) {
    private static final int MAX_ITEMS = 20;

    /**
     * Reads a body, which may be empty.
     *
     * @throws RequestException if it is malformed
     */
    static ConversationRequest read(byte[] body, ApiSettings.RequestLimits limits) {
        JsonNode json = tree(body, limits);
        requireNoUnpairedSurrogates(json);
        JsonNode metadata = json.path("metadata");
        List<Message> messages = new ArrayList<>();
        JsonNode items = json.path("items");
        if (isPresent(items)) {
            RequestException.require(
                    items.isArray() && items.size() <= MAX_ITEMS, "items", "a list of at most " + MAX_ITEMS + " items");
            for (int i = 0; i < items.size(); i++) {
                item(items.get(i), "items[" + i + "]", messages);
            }
        }
        return new ConversationRequest(isPresent(metadata) ? Metadata.read(metadata, "metadata") : null, messages);
    }

    private static JsonNode tree(byte[] body, ApiSettings.RequestLimits limits) {
        try (JsonParser parser = RequestJson.parser(RequestJson.text(body), limits)) {
            JsonNode json = Json.trusted().tree(parser);
            if (json == null) {
                return MissingNode.getInstance();
            }
            if (!json.isObject()) {
                throw RequestJson.notAnObject();
            }
            if (parser.nextToken() != null) {
                throw RequestJson.trailingContent();
            }
            return json;
        } catch (IOException e) {
            throw RequestJson.malformed(e);
        }
    }

    private static boolean isPresent(JsonNode node) {
        return !node.isMissingNode() && !node.isNull();
    }

    /** Rejects unpaired surrogates. JSON can escape them, but UTF-8 cannot encode them, so they could not be stored. */
    private static void requireNoUnpairedSurrogates(JsonNode body) {
        String path = pathOfUnpairedSurrogate(body);
        if (path != null) {
            String param = path.replaceFirst("^\\.", "");
            throw new RequestException(
                    ErrorCode.INVALID_REQUEST,
                    param.isEmpty() ? null : param,
                    (param.isEmpty() ? "A key" : "'" + param + "'")
                            + " contains an unpaired surrogate (\\uD800 to \\uDFFF). Send valid Unicode.");
        }
    }

    /** The path of the first text with an unpaired surrogate, relative to {@code node}; null if there is none. */
    private static @Nullable String pathOfUnpairedSurrogate(JsonNode node) {
        if (node.isTextual()) {
            return SurrogateGuard.isWellFormed(node.textValue()) ? null : "";
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            String path = pathOfUnpairedSurrogate(node.get(i));
            if (path != null) {
                return "[" + i + "]" + path;
            }
        }
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            String path = pathOfUnpairedSurrogate(field.getValue());
            if (path != null || !SurrogateGuard.isWellFormed(field.getKey())) {
                return path == null ? "" : "." + field.getKey() + path;
            }
        }
        return null;
    }

    private static void item(JsonNode item, String path, List<Message> messages) {
        RequestException.require(item.isObject(), path, "an object");
        String type = item.path("type").asText("message");
        switch (type) {
            case "message" -> messages.add(ItemReader.message(item, path));
            case "function_call" -> ItemReader.addToolCall(ItemReader.toolCall(item, path), messages);
            case "function_call_output" -> messages.add(ItemReader.result(item, path));
            case "reasoning" -> {} // only for display; not sent to the model
            default ->
                RequestException.require(
                        false, path + ".type", "one of message, function_call, function_call_output, reasoning");
        }
    }
}
