package org.o1api.api.chat;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.json.Json;
import org.o1api.json.ToolCalls;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.RawJson;
import org.o1api.model.ReasoningFormat;
import org.o1api.model.TurnUsage;
import org.o1api.model.UsageReport;
import org.o1api.server.EventStream;

/**
 * Writes a response as a stream of chunks. Text of one kind is joined until the turn blocks, and is then sent
 * immediately.
 */
final class StreamingChatWriter implements ChatWriter {
    private static final byte[] EVENT_PREFIX = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EVENT_SUFFIX = "\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final String OBJECT = "chat.completion.chunk";

    private enum TextKind {
        CONTENT,
        REASONING,
        REFUSAL
    }

    private final CompletionMetadata metadata;
    private final ReasoningFormat format;
    private final @Nullable UsageReport usageReport;
    private final Runnable beforeEnd;
    private final Set<Integer> startedToolCalls = new HashSet<>();
    private final ByteArrayOutputStream output = new ByteArrayOutputStream(1024);
    private final StringBuilder bufferedText = new StringBuilder();
    private TextKind bufferedKind = TextKind.CONTENT;
    private @Nullable EventStream stream;

    /**
     * Creates a writer, which needs a stream before anything is written.
     *
     * @param usageReport what the usage chunk reports; null: no usage chunk
     * @param beforeEnd runs before the last events are written: a client that has read them may send its next
     *     request immediately
     */
    StreamingChatWriter(
            CompletionMetadata metadata,
            ReasoningFormat format,
            @Nullable UsageReport usageReport,
            Runnable beforeEnd) {
        this.metadata = metadata;
        this.format = format;
        this.usageReport = usageReport;
        this.beforeEnd = beforeEnd;
    }

    /** Returns the first event of the stream. */
    byte[] openingEvent() {
        writeDelta(json -> {
            json.writeStringField("role", "assistant");
            json.writeStringField("content", "");
        });
        return takeOutput();
    }

    /** Sets the stream. Must be called before anything is written. */
    void attach(EventStream target) {
        stream = target;
    }

    private EventStream stream() {
        if (stream == null) {
            throw new IllegalStateException("the stream is not attached");
        }
        return stream;
    }

    @Override
    public void accepted() {
        stream().accepted();
    }

    @Override
    public void reasoning(String text) {
        buffer(text, TextKind.REASONING);
    }

    @Override
    public void content(String text) {
        buffer(text, TextKind.CONTENT);
    }

    @Override
    public void refusal(String text) {
        buffer(text, TextKind.REFUSAL);
    }

    private void buffer(String text, TextKind kind) {
        if (bufferedKind != kind) {
            renderText(true);
            bufferedKind = kind;
        }
        bufferedText.append(text);
    }

    @Override
    public void image(RawJson image) {
        renderText(true);
        writeDelta(json -> {
            json.writeArrayFieldStart("images");
            Json.writeRaw(json, image);
            json.writeEndArray();
        });
    }

    @Override
    public void toolCall(Delta.ToolCall delta) {
        renderText(true);
        boolean first = startedToolCalls.add(delta.index());
        writeDelta(json -> {
            json.writeArrayFieldStart("tool_calls");
            json.writeStartObject();
            json.writeNumberField("index", delta.index());
            if (first) {
                if (delta.id() != null) {
                    json.writeStringField("id", delta.id());
                }
                json.writeStringField("type", "function");
            }
            json.writeObjectFieldStart("function");
            if (first && delta.name() != null) {
                json.writeStringField("name", delta.name());
            }
            json.writeStringField("arguments", delta.arguments());
            ToolCalls.writeExtraFunctionFields(json, delta.fields());
            json.writeEndObject();
            ToolCalls.writeExtraFields(json, delta.fields());
            json.writeEndObject();
            json.writeEndArray();
        });
    }

    @Override
    public void flush() {
        renderText(false);
        if (output.size() > 0) {
            stream().send(takeOutput());
        } else {
            stream().probe();
        }
    }

    @Override
    public void completed(FinishReason reason, TurnUsage usage) {
        renderText(true);
        writeChunk(reason, json -> {});
        UsageReport report = usageReport;
        if (report != null) {
            writeEvent(json -> {
                metadata.writeStartObject(json, OBJECT);
                json.writeArrayFieldStart("choices");
                json.writeEndArray();
                UsageFields.write(json, usage, report);
                json.writeEndObject();
            });
        }
        output.writeBytes(DONE);
        beforeEnd.run();
        stream().end(takeOutput());
    }

    /** Renders the joined text. Unless it is complete, half of a surrogate pair at its end waits for the other half. */
    private void renderText(boolean complete) {
        int length = bufferedText.length();
        if (length > 0 && !complete && Character.isHighSurrogate(bufferedText.charAt(length - 1))) {
            length--;
        }
        if (length == 0) {
            return;
        }
        String text = bufferedText.substring(0, length);
        bufferedText.delete(0, length);
        writeDelta(json -> {
            if (bufferedKind != TextKind.REASONING) {
                json.writeStringField(bufferedKind == TextKind.REFUSAL ? "refusal" : "content", text);
                return;
            }
            if (format != ReasoningFormat.REASONING) {
                json.writeStringField("reasoning_content", text);
            }
            if (format != ReasoningFormat.REASONING_CONTENT) {
                json.writeStringField("reasoning", text);
            }
        });
    }

    private void writeDelta(Json.ValueWriter fields) {
        writeChunk(null, fields);
    }

    private void writeChunk(@Nullable FinishReason reason, Json.ValueWriter fields) {
        writeEvent(json -> {
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

    private void writeEvent(Json.ValueWriter body) {
        output.writeBytes(EVENT_PREFIX);
        output.writeBytes(Json.bytes((JsonGenerator json) -> body.write(json)));
        output.writeBytes(EVENT_SUFFIX);
    }

    private byte[] takeOutput() {
        byte[] bytes = output.toByteArray();
        output.reset();
        return bytes;
    }
}
