package org.o1api.api.chat;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.ConversationId;
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
    static CompletionHead of(String model, @Nullable String conversation) {
        return new CompletionHead(
                "chatcmpl-" + UUID.randomUUID().toString().replace("-", ""),
                Instant.now().getEpochSecond(),
                model,
                conversation);
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
