package org.o1api.api.chat;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import org.o1api.model.TurnUsage;
import org.o1api.model.Usage;
import org.o1api.model.UsageReport;

/** Writes the fields {@code usage} and {@code x_o1} of a response. */
final class UsageFields {
    private UsageFields() {}

    static void write(JsonGenerator json, TurnUsage usage, UsageReport report) throws IOException {
        writeUsage(json, usage.reported(report));
        if (usage.calls() > 0) { // unknown for turns that an earlier version stored
            json.writeObjectFieldStart("x_o1");
            writeTotals(json, usage);
            json.writeEndObject();
        }
    }

    private static void writeUsage(JsonGenerator json, Usage usage) throws IOException {
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

    private static void writeTotals(JsonGenerator json, TurnUsage usage) throws IOException {
        Usage total = usage.total();
        json.writeObjectFieldStart("usage");
        json.writeNumberField("calls", usage.calls());
        json.writeNumberField("attempts", usage.attempts());
        json.writeNumberField("prompt_tokens", total.inputTokens());
        json.writeNumberField("cached_tokens", total.cachedTokens());
        json.writeNumberField("cache_write_tokens", total.cacheWriteTokens());
        json.writeNumberField("completion_tokens", total.outputTokens());
        json.writeNumberField("reasoning_tokens", total.reasoningTokens());
        json.writeEndObject();
    }
}
