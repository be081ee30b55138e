package org.o1api.api.chat;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.o1api.api.SummaryFields;
import org.o1api.json.Json;
import org.o1api.model.FinishReason;
import org.o1api.model.TurnEvent;
import org.o1api.model.UsageReport;

/** Encodes chunks of a streamed completion as server-sent events. Collects them until they are taken. */
final class ChunkEncoder {
    private static final byte[] EVENT_PREFIX = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EVENT_SUFFIX = "\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final String OBJECT = "chat.completion.chunk";

    private final CompletionMetadata metadata;
    private final ByteArrayOutputStream output = new ByteArrayOutputStream(1024);

    ChunkEncoder(CompletionMetadata metadata) {
        this.metadata = metadata;
    }

    /** Encodes the first chunk of a stream, which has the role. */
    static byte[] opening(CompletionMetadata metadata) {
        ChunkEncoder encoder = new ChunkEncoder(metadata);
        encoder.addDelta(json -> {
            json.writeStringField("role", "assistant");
            json.writeStringField("content", "");
        });
        return encoder.take();
    }

    /** Adds a chunk with a delta of these fields. */
    void addDelta(Json.ValueWriter fields) {
        addChunk(null, fields);
    }

    /** Adds the chunk with the finish reason. */
    void addFinish(FinishReason reason) {
        addChunk(reason, json -> {});
    }

    /** Adds a chunk of the trace, with these fields of {@code x_o1}. */
    void addTrace(Json.ValueWriter fields) {
        addWithoutChoices(json -> {
            json.writeObjectFieldStart(SummaryFields.NAME);
            fields.write(json);
            json.writeEndObject();
        });
    }

    /** Adds the chunk with the usage and the summary. */
    void addUsage(TurnEvent.Completed end, UsageReport report) {
        addWithoutChoices(json -> {
            UsageFields.write(json, end.usage().reported(report));
            SummaryFields.write(json, end);
        });
    }

    /** Adds the chunk with the summary, if there is one. */
    void addSummary(TurnEvent.Completed end) {
        if (SummaryFields.has(end)) {
            addWithoutChoices(json -> SummaryFields.write(json, end));
        }
    }

    /** Adds the event that ends the stream. */
    void addDone() {
        output.writeBytes(DONE);
    }

    private void addWithoutChoices(Json.ValueWriter fields) {
        addEvent(json -> {
            metadata.writeStartObject(json, OBJECT);
            json.writeArrayFieldStart("choices");
            json.writeEndArray();
            fields.write(json);
            json.writeEndObject();
        });
    }

    private void addChunk(@Nullable FinishReason reason, Json.ValueWriter fields) {
        addEvent(json -> {
            metadata.writeStartObject(json, OBJECT);
            json.writeArrayFieldStart("choices");
            json.writeStartObject();
            json.writeNumberField("index", 0);
            json.writeObjectFieldStart("delta");
            fields.write(json);
            json.writeEndObject();
            json.writeStringField("finish_reason", reason == null ? null : reason.wireName());
            json.writeEndObject();
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private void addEvent(Json.ValueWriter body) {
        output.writeBytes(EVENT_PREFIX);
        output.writeBytes(Json.bytes((JsonGenerator json) -> body.write(json)));
        output.writeBytes(EVENT_SUFFIX);
    }

    boolean isEmpty() {
        return output.size() == 0;
    }

    /** Returns the events that were added since the last call. */
    byte[] take() {
        byte[] bytes = output.toByteArray();
        output.reset();
        return bytes;
    }
}
