package org.o1api.api.responses;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.api.SummaryFields;
import org.o1api.json.Json;
import org.o1api.model.FinishReason;
import org.o1api.model.GatewayException;
import org.o1api.model.RawJson;
import org.o1api.model.TurnEvent;
import org.o1api.model.Usage;
import org.o1api.model.UsageReport;

/**
 * A response: what its states have in common.
 *
 * @param created seconds since 1970
 * @param model the model name that the caller sent
 * @param settings what the response repeats of the request, by field
 * @param usageReport what {@code usage} reports
 */
record ResponseObject(String id, long created, String model, Map<String, RawJson> settings, UsageReport usageReport) {
    /** A state of a response. */
    sealed interface State {
        /** The value of {@code status}. */
        String status();
    }

    /** The answer is being generated. */
    record InProgress() implements State {
        @Override
        public String status() {
            return "in_progress";
        }
    }

    /** The turn is complete. */
    record Ended(TurnEvent.Completed end) implements State {
        @Override
        public String status() {
            return end.reason().isComplete() ? "completed" : "incomplete";
        }

        /** How long the turn took, in whole seconds; 0 if it is not known. */
        private long seconds() {
            return end.summary() == null ? 0 : end.summary().time().toSeconds();
        }

        private @Nullable String incompleteReason() {
            if (end.reason().isComplete()) {
                return null;
            }
            return end.reason() == FinishReason.LENGTH ? "max_output_tokens" : "content_filter";
        }
    }

    /** The turn has failed. */
    record Failed(GatewayException failure) implements State {
        @Override
        public String status() {
            return "failed";
        }
    }

    /** The same response, which says that it is not stored. */
    ResponseObject notStored() {
        Map<String, RawJson> changed = new LinkedHashMap<>(settings);
        changed.put(StateReader.STORE, ResponseSettings.bool(false));
        return new ResponseObject(id, created, model, changed, usageReport);
    }

    /** Writes the response. */
    void write(JsonGenerator json, State state, List<OutputItem> output) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", id);
        json.writeStringField("object", "response");
        json.writeNumberField("created_at", created);
        json.writeStringField("status", state.status());
        writeEnd(json, state);
        json.writeStringField("model", model);
        json.writeArrayFieldStart("output");
        for (OutputItem item : output) {
            item.write(json);
        }
        json.writeEndArray();
        for (Map.Entry<String, RawJson> setting : settings.entrySet()) {
            json.writeFieldName(setting.getKey());
            Json.writeRaw(json, setting.getValue());
        }
        if (state instanceof Ended ended) {
            writeUsage(json, ended.end.usage().reported(usageReport));
            SummaryFields.write(json, ended.end);
        } else {
            writeUsage(json, Usage.NONE); // OpenAI's schema does not allow null
        }
        json.writeEndObject();
    }

    private void writeEnd(JsonGenerator json, State state) throws IOException {
        if (state instanceof Ended ended && ended.end.reason().isComplete()) {
            json.writeNumberField("completed_at", created + ended.seconds());
        } else {
            json.writeNullField("completed_at");
        }
        if (state instanceof Failed failed) {
            json.writeObjectFieldStart("error");
            ResponseError error = ResponseError.of(failed.failure);
            json.writeStringField("code", error.code());
            json.writeStringField("message", error.message());
            json.writeEndObject();
        } else {
            json.writeNullField("error");
        }
        String reason = state instanceof Ended ended ? ended.incompleteReason() : null;
        if (reason == null) {
            json.writeNullField("incomplete_details");
        } else {
            json.writeObjectFieldStart("incomplete_details");
            json.writeStringField("reason", reason);
            json.writeEndObject();
        }
    }

    private static void writeUsage(JsonGenerator json, Usage usage) throws IOException {
        json.writeObjectFieldStart("usage");
        json.writeNumberField("input_tokens", usage.inputTokens());
        json.writeObjectFieldStart("input_tokens_details");
        json.writeNumberField("cached_tokens", usage.cachedTokens());
        json.writeNumberField("cache_write_tokens", usage.cacheWriteTokens());
        json.writeEndObject();
        json.writeNumberField("output_tokens", usage.outputTokens());
        json.writeObjectFieldStart("output_tokens_details");
        json.writeNumberField("reasoning_tokens", usage.reasoningTokens());
        json.writeEndObject();
        json.writeNumberField("total_tokens", usage.totalTokens());
        json.writeEndObject();
    }
}
