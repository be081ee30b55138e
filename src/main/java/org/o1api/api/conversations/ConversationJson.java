package org.o1api.api.conversations;

import org.o1api.conversation.Conversation;
import org.o1api.json.Json;

/** The JSON of conversations, as OpenAI's API defines it. */
final class ConversationJson {
    private ConversationJson() {}

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
