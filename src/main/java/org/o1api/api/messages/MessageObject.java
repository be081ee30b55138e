package org.o1api.api.messages;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import org.o1api.json.Json;
import org.o1api.model.Usage;
import org.o1api.model.UsageReport;

/**
 * A message: what its forms have in common.
 *
 * @param model the model name that the caller sent
 * @param usageReport what {@code usage} reports
 */
record MessageObject(String id, String model, UsageReport usageReport) {
    /**
     * Writes the fields of the message.
     *
     * @param content writes the list of the blocks
     */
    void write(JsonGenerator json, Json.ValueWriter content, MessageStop stop, Usage usage) throws IOException {
        json.writeStringField("id", id);
        json.writeStringField("type", "message");
        json.writeStringField("role", "assistant");
        json.writeStringField("model", model);
        json.writeFieldName("content");
        content.write(json);
        stop.write(json);
        writeUsage(json, usage);
    }

    /** Tokens that a cache has, or gets, are not part of {@code input_tokens} in this API. */
    static void writeUsage(JsonGenerator json, Usage usage) throws IOException {
        json.writeObjectFieldStart("usage");
        json.writeNumberField("input_tokens", usage.inputTokens() - usage.cachedTokens() - usage.cacheWriteTokens());
        json.writeNumberField("cache_creation_input_tokens", usage.cacheWriteTokens());
        json.writeNumberField("cache_read_input_tokens", usage.cachedTokens());
        json.writeNumberField("output_tokens", usage.outputTokens());
        json.writeEndObject();
    }
}
