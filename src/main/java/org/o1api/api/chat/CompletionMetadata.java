package org.o1api.api.chat;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.ConversationId;
import org.o1api.conversation.ConversationRef;

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
    /** Creates the metadata of a new completion. Requests with the same idempotency key get the same id. */
    static CompletionMetadata of(String model, String systemFingerprint, @Nullable ConversationRef conversation) {
        UUID id = conversation == null || conversation.idempotencyKey() == null
                ? UUID.randomUUID()
                : of(conversation, conversation.idempotencyKey());
        return new CompletionMetadata(
                "chatcmpl-" + id.toString().replace("-", ""),
                Instant.now().getEpochSecond(),
                model,
                systemFingerprint,
                conversation == null ? null : conversation.id());
    }

    private static UUID of(ConversationRef conversation, ConversationRef.IdempotencyKey idempotency) {
        String name = String.join("\n", conversation.caller(), conversation.id(), idempotency.value());
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
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
