package org.o1api.api.chat;

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
 * immediately. Each text consists of whole characters.
 */
final class StreamingChatWriter implements ChatWriter {
    private enum TextKind {
        CONTENT,
        REASONING,
        REFUSAL
    }

    private final ReasoningFormat format;
    private final @Nullable UsageReport usageReport;
    private final EventStream stream;
    private final ChunkEncoder chunks;
    private final Set<Integer> startedToolCalls = new HashSet<>();
    private final StringBuilder bufferedText = new StringBuilder();
    private TextKind bufferedKind = TextKind.CONTENT;

    /**
     * Creates a writer.
     *
     * @param usageReport what the usage chunk reports; null: no usage chunk
     */
    StreamingChatWriter(
            CompletionMetadata metadata,
            ReasoningFormat format,
            @Nullable UsageReport usageReport,
            EventStream stream) {
        this.format = format;
        this.usageReport = usageReport;
        this.stream = stream;
        chunks = new ChunkEncoder(metadata);
    }

    @Override
    public void accepted() {
        stream.accepted();
    }

    @Override
    public boolean isBuffered() {
        return false;
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
            renderText();
            bufferedKind = kind;
        }
        bufferedText.append(text);
    }

    @Override
    public void image(RawJson image) {
        renderText();
        chunks.addDelta(json -> {
            json.writeArrayFieldStart("images");
            Json.writeRaw(json, image);
            json.writeEndArray();
        });
    }

    @Override
    public void toolCall(Delta.ToolCall delta) {
        renderText();
        boolean first = startedToolCalls.add(delta.index());
        chunks.addDelta(json -> {
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
        renderText();
        if (chunks.isEmpty()) {
            stream.probe();
        } else {
            stream.send(chunks.take());
        }
    }

    @Override
    public void completed(FinishReason reason, TurnUsage usage) {
        renderText();
        chunks.addFinish(reason);
        if (usageReport != null) {
            chunks.addUsage(usage, usageReport);
        }
        chunks.addDone();
    }

    @Override
    public void end() {
        stream.end(chunks.take());
    }

    private void renderText() {
        if (bufferedText.isEmpty()) {
            return;
        }
        String text = bufferedText.toString();
        bufferedText.setLength(0);
        chunks.addDelta(json -> {
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
}
