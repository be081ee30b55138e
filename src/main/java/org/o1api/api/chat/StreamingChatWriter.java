package org.o1api.api.chat;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.api.AnswerWriter;
import org.o1api.json.Json;
import org.o1api.json.ToolCalls;
import org.o1api.model.Delta;
import org.o1api.model.RawJson;
import org.o1api.model.ReasoningFormat;
import org.o1api.model.TurnEvent;
import org.o1api.model.UsageReport;
import org.o1api.server.EventStream;

/**
 * Writes a response as a stream of chunks. Text of one kind is joined until the turn blocks, and is then sent
 * immediately. Each text consists of whole characters. Chunks of the trace are in the order of the events, but alone they do
 * not start the response, so that a failure before the first text keeps its status.
 */
final class StreamingChatWriter implements AnswerWriter {
    private enum TextKind {
        CONTENT,
        REASONING,
        REFUSAL
    }

    private final ReasoningFormat format;
    private final @Nullable UsageReport usageReport;
    private final @Nullable TraceEncoder trace;
    private final EventStream stream;
    private final ChunkEncoder chunks;
    private final Set<Integer> startedToolCalls = new HashSet<>();
    private final StringBuilder bufferedText = new StringBuilder();
    private TextKind bufferedKind = TextKind.CONTENT;
    /** Whether all encoded chunks belong to the trace. */
    private boolean isOnlyTrace = true;

    /**
     * Creates a writer.
     *
     * @param usageReport what the usage chunk reports; null: no usage chunk
     * @param trace encodes the trace; null: the client gets none
     */
    StreamingChatWriter(
            CompletionMetadata metadata,
            ReasoningFormat format,
            @Nullable UsageReport usageReport,
            @Nullable TraceEncoder trace,
            EventStream stream) {
        this.format = format;
        this.usageReport = usageReport;
        this.trace = trace;
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

    @Override
    public boolean isTraced() {
        return trace != null;
    }

    @Override
    public void trace(TurnEvent event) {
        if (trace == null) {
            return;
        }
        if (event instanceof TurnEvent.StepText piece) {
            if (!trace.append(piece)) {
                renderTraceText();
                var unused = trace.append(piece);
            }
            return;
        }
        Json.ValueWriter fields = trace.fields(event);
        if (fields != null) {
            renderText();
            chunks.addTrace(fields);
        }
    }

    private void renderTraceText() {
        if (trace != null && trace.hasText()) {
            chunks.addTrace(trace.takeText());
        }
    }

    private void addDelta(Json.ValueWriter fields) {
        isOnlyTrace = false;
        chunks.addDelta(fields);
    }

    private void buffer(String text, TextKind kind) {
        if (bufferedKind != kind) {
            if (!bufferedText.isEmpty()) {
                renderText();
            }
            bufferedKind = kind;
        }
        bufferedText.append(text);
    }

    @Override
    public void image(RawJson image) {
        renderText();
        addDelta(json -> {
            json.writeArrayFieldStart("images");
            Json.writeRaw(json, image);
            json.writeEndArray();
        });
    }

    @Override
    public void toolCall(Delta.ToolCall delta) {
        renderText();
        boolean first = startedToolCalls.add(delta.index());
        addDelta(json -> {
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
        if (chunks.isEmpty() || (isOnlyTrace && !stream.hasStarted())) {
            stream.probe();
        } else {
            stream.send(chunks.take());
            isOnlyTrace = true;
        }
    }

    @Override
    public void completed(TurnEvent.Completed end) {
        renderText();
        isOnlyTrace = false;
        chunks.addFinish(end.reason());
        if (usageReport != null) {
            chunks.addUsage(end, usageReport);
        } else if (trace != null) {
            chunks.addSummary(end);
        }
        chunks.addDone();
    }

    @Override
    public void end() {
        stream.end(chunks.take());
    }

    /** Encodes the buffered texts: that of the trace first, as it is reported first. */
    private void renderText() {
        renderTraceText();
        if (bufferedText.isEmpty()) {
            return;
        }
        String text = bufferedText.toString();
        bufferedText.setLength(0);
        addDelta(json -> {
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
