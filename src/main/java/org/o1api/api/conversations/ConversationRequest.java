package org.o1api.api.conversations;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.o1api.api.ApiSettings;
import org.o1api.api.RequestException;
import org.o1api.api.items.ItemMessages;
import org.o1api.api.items.ItemReader;
import org.o1api.api.request.JsonReader;
import org.o1api.api.request.Metadata;
import org.o1api.json.Json;
import org.o1api.model.Message;
import org.o1api.model.RawJson;

/**
 * The body of a request that creates or changes a conversation.
 *
 * @param metadata null if the body has none
 * @param messages the messages in {@code items}
 */
record ConversationRequest(@Nullable RawJson metadata, List<Message> messages) {
    private static final int MAX_ITEMS = 20;

    /**
     * Reads a body, which may be empty or white space.
     *
     * @throws RequestException if it is malformed
     */
    static ConversationRequest read(String body, ApiSettings.RequestLimits limits) {
        return body.isBlank() ? new ConversationRequest(null, List.of()) : new Reader().read(body, limits);
    }

    private static final class Reader {
        private @Nullable RawJson metadata;
        private List<Message> messages = List.of();

        private ConversationRequest read(String body, ApiSettings.RequestLimits limits) {
            try (JsonReader json = new JsonReader(body, limits)) {
                json.readBody(name -> {
                    switch (name) {
                        case "metadata" -> metadata = Metadata.read(Json.tree(json.raw()), name);
                        case "items" -> readItems(json, name);
                        default -> json.skip();
                    }
                });
            }
            return new ConversationRequest(metadata, messages);
        }

        private void readItems(JsonReader json, String name) {
            String expected = "a list of at most " + MAX_ITEMS + " items";
            json.require(JsonToken.START_ARRAY, name, expected);
            ItemMessages read = new ItemMessages();
            for (int i = 0; json.next() != JsonToken.END_ARRAY; i++) {
                RequestException.require(i < MAX_ITEMS, name, expected);
                readItem(json.raw(), name + "[" + i + "]", read);
            }
            messages = read.messages();
        }

        private static void readItem(RawJson raw, String path, ItemMessages read) {
            JsonNode item = Json.tree(raw);
            RequestException.require(item.isObject(), path, "an object");
            String type = item.path("type").asText("message");
            switch (type) {
                case "message" -> read.add(ItemReader.message(item, path));
                case "function_call" -> read.addCall(ItemReader.toolCall(raw, item, path));
                case "function_call_output" -> read.add(ItemReader.result(item, path));
                case "reasoning" -> read.addSummary(item, path);
                default ->
                    RequestException.require(
                            false, path + ".type", "one of message, function_call, function_call_output, reasoning");
            }
        }
    }
}
