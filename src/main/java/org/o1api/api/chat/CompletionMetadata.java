package org.o1api.api.chat;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.ConversationId;
import org.o1api.model.TurnId;
import org.o1api.turn.TurnRequest;

/**
 * The fields that a completion and all of its chunks have in common.
 *
 * @param created seconds since 1970
 * @param model the model name that the caller sent
 * @param systemFingerprint the {@code system_fingerprint}
 * @param conversationId the {@code conversation_id}; null: none
 */
record CompletionMetadata(
        String id,
        long created,
        String model,
        String systemFingerprint,
        @Nullable String conversationId) {
    static CompletionMetadata of(TurnRequest turn, String systemFingerprint) {
        return new CompletionMetadata(
                TurnId.chatCompletion(turn.info().id()),
                turn.created(),
                turn.model(),
                systemFingerprint,
                turn.conversation() == null ? null : turn.conversation().id());
    }

    /** Starts the JSON object and writes the fields. */
    void writeStartObject(JsonGenerator json, String object) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", id);
        json.writeStringField("object", object);
        json.writeNumberField("created", created);
        json.writeStringField("model", model);
        json.writeStringField("system_fingerprint", systemFingerprint);
        if (conversationId != null) {
            json.writeStringField(ConversationId.FIELD, conversationId);
        }
    }
}
