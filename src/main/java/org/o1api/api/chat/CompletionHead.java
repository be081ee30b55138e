package org.o1api.api.chat;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.ConversationId;
import org.o1api.conversation.Entry;
import org.o1api.llm.Usage;

/**
 * What a completion and all chunks of one have in common.
 *
 * @param created seconds since 1970
 * @param model as the caller asked for it
 * @param conversation its {@code conversation_id}; null: it belongs to none
 */
record CompletionHead(
        String id, long created, String model, @Nullable String conversation) {
    /** A new completion's. One that is asked for several times under one key has the same id each time. */
    static CompletionHead of(String model, @Nullable Entry entry) {
        UUID id = entry == null || entry.idempotency() == null ? UUID.randomUUID() : of(entry, entry.idempotency());
        return new CompletionHead(
                "chatcmpl-" + id.toString().replace("-", ""),
                Instant.now().getEpochSecond(),
                model,
                entry == null ? null : entry.id());
    }

    private static UUID of(Entry entry, Entry.Idempotency idempotency) {
        String all = String.join("\n", entry.caller(), entry.id(), idempotency.key());
        return UUID.nameUUIDFromBytes(all.getBytes(StandardCharsets.UTF_8));
    }

    /** Begins the object that the head belongs to. */
    void write(JsonGenerator json, String object) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", id);
        json.writeStringField("object", object);
        json.writeNumberField("created", created);
        json.writeStringField("model", model);
        if (conversation != null) {
            json.writeStringField(ConversationId.FIELD, conversation);
        }
    }

    static void write(JsonGenerator json, Usage usage) throws IOException {
        json.writeObjectFieldStart("usage");
        json.writeNumberField("prompt_tokens", usage.inputTokens());
        json.writeNumberField("completion_tokens", usage.outputTokens());
        json.writeNumberField("total_tokens", usage.totalTokens());
        json.writeObjectFieldStart("prompt_tokens_details");
        json.writeNumberField("cached_tokens", usage.cachedTokens());
        json.writeEndObject();
        json.writeObjectFieldStart("completion_tokens_details");
        json.writeNumberField("reasoning_tokens", usage.reasoningTokens());
        json.writeEndObject();
        json.writeEndObject();
    }
}
