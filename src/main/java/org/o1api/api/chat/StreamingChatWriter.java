package org.o1api.api.chat;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.json.Json;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.RawJson;
import org.o1api.model.ReasoningFormat;
import org.o1api.model.TurnUsage;
import org.o1api.model.UsageReport;
import org.o1api.server.EventStream;

/** A reply as a stream of chunks. Text of one kind is joined until the turn has to wait, and then goes out at once. */
final class StreamingChatWriter implements ChatWriter {
    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final String OBJECT = "chat.completion.chunk";

    private enum Kind {
        CONTENT,
        REASONING,
        REFUSAL
    }

    private final CompletionMetadata head;
    private final ReasoningFormat format;
    private final @Nullable UsageReport usageReport;
    private final Runnable beforeEnd;
    private final Set<Integer> toolCalls = new HashSet<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
    private final StringBuilder held = new StringBuilder();
    private Kind heldKind = Kind.CONTENT;
    private @Nullable EventStream stream;

    /**
     * A reply without a stream yet.
     *
     * @param usageReport what the chunk with the usage reports; null: there is no such chunk
     * @param beforeEnd run before the last events are written: a client that has read them may send its next request at once
     */
    StreamingChatWriter(
            CompletionMetadata head, ReasoningFormat format, @Nullable UsageReport usageReport, Runnable beforeEnd) {
        this.head = head;
        this.format = format;
        this.usageReport = usageReport;
        this.beforeEnd = beforeEnd;
    }

    /** The chunk that a stream begins with. */
    byte[] openingEvent() {
        delta(json -> {
            json.writeStringField("role", "assistant");
            json.writeStringField("content", "");
        });
        return taken();
    }

    /** Where the chunks go; comes before all that is reported. */
    void attach(EventStream target) {
        stream = target;
    }

    private EventStream stream() {
        if (stream == null) {
            throw new IllegalStateException("a reply needs its stream first");
        }
        return stream;
    }

    @Override
    public void accepted() {
        stream().accepted();
    }

    @Override
    public void reasoning(String text) {
        hold(text, Kind.REASONING);
    }

    @Override
    public void content(String text) {
        hold(text, Kind.CONTENT);
    }

    @Override
    public void refusal(String text) {
        hold(text, Kind.REFUSAL);
    }

    private void hold(String text, Kind kind) {
        if (heldKind != kind) {
            render(true);
            heldKind = kind;
        }
        held.append(text);
    }

    @Override
    public void image(RawJson image) {
        render(true);
        delta(json -> {
            json.writeArrayFieldStart("images");
            Json.writeRaw(json, image);
            json.writeEndArray();
        });
    }

    @Override
    public void toolCall(Delta.ToolCall piece) {
        render(true);
        boolean first = toolCalls.add(piece.index());
        delta(json -> {
            json.writeArrayFieldStart("tool_calls");
            json.writeStartObject();
            json.writeNumberField("index", piece.index());
            if (first) {
                if (piece.id() != null) {
                    json.writeStringField("id", piece.id());
                }
                json.writeStringField("type", "function");
            }
            json.writeObjectFieldStart("function");
            if (first && piece.name() != null) {
                json.writeStringField("name", piece.name());
            }
            json.writeStringField("arguments", piece.arguments());
            ToolCalls.writeExtraFunctionFields(json, piece.fields());
            json.writeEndObject();
            ToolCalls.writeExtraFields(json, piece.fields());
            json.writeEndObject();
            json.writeEndArray();
        });
    }

    @Override
    public void flush() {
        render(false);
        if (out.size() > 0) {
            stream().send(taken());
        } else {
            stream().probe();
        }
    }

    @Override
    public void completed(FinishReason reason, TurnUsage usage) {
        render(true);
        chunk(reason, json -> {});
        UsageReport report = usageReport;
        if (report != null) {
            event(json -> {
                head.writeStartObject(json, OBJECT);
                json.writeArrayFieldStart("choices");
                json.writeEndArray();
                UsageFields.write(json, usage, report);
                json.writeEndObject();
            });
        }
        out.writeBytes(DONE);
        beforeEnd.run();
        stream().end(taken());
    }

    /** Renders the held text; half a character waits for its other half unless that cannot come any more. */
    private void render(boolean whole) {
        int length = held.length();
        if (length > 0 && !whole && Character.isHighSurrogate(held.charAt(length - 1))) {
            length--;
        }
        if (length == 0) {
            return;
        }
        String text = held.substring(0, length);
        held.delete(0, length);
        delta(json -> {
            if (heldKind != Kind.REASONING) {
                json.writeStringField(heldKind == Kind.REFUSAL ? "refusal" : "content", text);
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

    private void delta(Json.ValueWriter fields) {
        chunk(null, fields);
    }

    private void chunk(@Nullable FinishReason reason, Json.ValueWriter fields) {
        event(json -> {
            head.writeStartObject(json, OBJECT);
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

    private void event(Json.ValueWriter body) {
        out.writeBytes(DATA);
        out.writeBytes(Json.bytes((JsonGenerator json) -> body.write(json)));
        out.writeBytes(END);
    }

    private byte[] taken() {
        byte[] bytes = out.toByteArray();
        out.reset();
        return bytes;
    }
}
