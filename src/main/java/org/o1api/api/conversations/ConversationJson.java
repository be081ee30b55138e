package org.o1api.api.conversations;

import java.util.List;
import java.util.function.Function;
import org.o1api.conversation.Conversation;
import org.o1api.json.Json;

/** The JSON of conversations and of lists, as OpenAI's API defines it. */
final class ConversationJson {
    private ConversationJson() {}

    /**
     * A page of a list.
     *
     * @param hasMore whether items follow that are not in the page
     */
    static <T> byte[] page(List<T> items, boolean hasMore, Function<T, String> id, Function<T, Json.ValueWriter> body) {
        return Json.bytes(json -> {
            json.writeStartObject();
            json.writeStringField("object", "list");
            json.writeArrayFieldStart("data");
            for (T item : items) {
                body.apply(item).write(json);
            }
            json.writeEndArray();
            json.writeBooleanField("has_more", hasMore);
            json.writeStringField("first_id", items.isEmpty() ? "" : id.apply(items.get(0)));
            json.writeStringField("last_id", items.isEmpty() ? "" : id.apply(items.get(items.size() - 1)));
            json.writeEndObject();
        });
    }

    static byte[] write(Conversation conversation) {
        return Json.bytes(body(conversation));
    }

    static Json.ValueWriter body(Conversation conversation) {
        return json -> {
            json.writeStartObject();
            json.writeStringField("id", conversation.id());
            json.writeStringField("object", "conversation");
            json.writeNumberField("created_at", conversation.createdAt().getEpochSecond());
            json.writeFieldName("metadata");
            json.writeRawValue(conversation.metadata().text());
            json.writeEndObject();
        };
    }

    /** The response to the deletion of a conversation. */
    static byte[] deleted(String id) {
        return Json.bytes(json -> {
            json.writeStartObject();
            json.writeStringField("id", id);
            json.writeStringField("object", "conversation.deleted");
            json.writeBooleanField("deleted", true);
            json.writeEndObject();
        });
    }
}
