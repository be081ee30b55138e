package org.o1api.api.chat;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.o1api.api.AnswerWriter;
import org.o1api.api.SummaryFields;
import org.o1api.api.SurfaceTurn;
import org.o1api.json.Json;
import org.o1api.json.ToolCalls;
import org.o1api.model.Delta;
import org.o1api.model.RawJson;
import org.o1api.model.ReasoningFormat;
import org.o1api.model.TurnEvent;
import org.o1api.model.UsageReport;

/** Collects a response and writes it as one JSON object. */
final class ChatCompletionWriter implements AnswerWriter {
    private final CompletionMetadata metadata;
    private final ReasoningFormat format;
    private final UsageReport usageReport;
    private final @Nullable LegacySteps legacySteps;
    private final SurfaceTurn.JsonTarget target;
    private final StringBuilder reasoning = new StringBuilder();
    private final StringBuilder content = new StringBuilder();
    private final List<RawJson> images = new ArrayList<>(0);
    private final ToolCalls toolCalls = new ToolCalls();
    private final StringBuilder refusal = new StringBuilder();
    private TurnEvent.@Nullable Completed completed;

    /**
     * Creates a writer.
     *
     * @param usageReport what {@code usage} reports
     * @param legacySteps writes additional fields; null: none
     */
    ChatCompletionWriter(
            CompletionMetadata metadata,
            ReasoningFormat format,
            UsageReport usageReport,
            @Nullable LegacySteps legacySteps,
            SurfaceTurn.JsonTarget target) {
        this.metadata = metadata;
        this.format = format;
        this.usageReport = usageReport;
        this.legacySteps = legacySteps;
        this.target = target;
    }

    @Override
    public boolean isBuffered() {
        return true;
    }

    @Override
    public void accepted() {
        // nothing is sent before the response is complete
    }

    @Override
    public void reasoning(String text) {
        reasoning.append(text);
    }

    @Override
    public void content(String text) {
        content.append(text);
    }

    @Override
    public void refusal(String text) {
        refusal.append(text);
    }

    @Override
    public void image(RawJson json) {
        images.add(json);
    }

    @Override
    public void toolCall(Delta.ToolCall delta) {
        toolCalls.add(delta);
    }

    @Override
    public void flush() {
        target.probe();
    }

    @Override
    public void completed(TurnEvent.Completed end) {
        completed = end;
    }

    @Override
    public void end() {
        target.send(toJson());
    }

    private byte[] toJson() {
        TurnEvent.Completed end = completed;
        if (end == null) {
            throw new IllegalStateException("the turn has not completed");
        }
        return Json.bytes(json -> {
            metadata.writeStartObject(json, "chat.completion");
            json.writeArrayFieldStart("choices");
            json.writeStartObject();
            json.writeNumberField("index", 0);
            json.writeObjectFieldStart("message");
            writeMessage(json);
            json.writeEndObject();
            json.writeStringField("finish_reason", end.reason().wireName());
            json.writeNullField("logprobs");
            json.writeEndObject();
            json.writeEndArray();
            UsageFields.write(json, end.usage().reported(usageReport));
            SummaryFields.write(json, end);
            if (legacySteps != null) {
                legacySteps.write(json);
            }
            json.writeEndObject();
        });
    }

    private void writeMessage(JsonGenerator json) throws IOException {
        json.writeStringField("role", "assistant");
        if (!reasoning.isEmpty() && format != ReasoningFormat.REASONING) {
            json.writeStringField("reasoning_content", reasoning.toString());
        }
        if (!reasoning.isEmpty() && format != ReasoningFormat.REASONING_CONTENT) {
            json.writeStringField("reasoning", reasoning.toString());
        }
        boolean hasOtherContent = !toolCalls.isEmpty() || !refusal.isEmpty();
        json.writeStringField("content", content.isEmpty() && hasOtherContent ? null : content.toString());
        json.writeStringField("refusal", refusal.isEmpty() ? null : refusal.toString());
        if (!images.isEmpty()) {
            json.writeArrayFieldStart("images");
            for (RawJson image : images) {
                Json.writeRaw(json, image);
            }
            json.writeEndArray();
        }
        if (!toolCalls.isEmpty()) {
            json.writeFieldName("tool_calls");
            toolCalls.write(json);
        }
    }
}
