package org.o1api.api.responses;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import org.o1api.api.GrowingText;
import org.o1api.json.Json;

/** A message with one part: the answer's text, or a refusal. */
final class MessageItem extends OutputItem {
    private static final int CONTENT_INDEX = 0;

    /** What the message contains. */
    enum Kind {
        TEXT("output_text", "text", "response.output_text"),
        REFUSAL("refusal", "refusal", "response.refusal");

        private final String partType;
        private final String field;
        private final String events;

        Kind(String partType, String field, String events) {
            this.partType = partType;
            this.field = field;
            this.events = events;
        }
    }

    private final Kind kind;
    private final GrowingText text = new GrowingText();

    MessageItem(Kind kind, Position position, ResponseEvents events) {
        super("message", position, events);
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }

    void append(String piece) {
        text.append(piece);
    }

    @Override
    void open() {
        super.open();
        addContentEvent("response.content_part.added", json -> {
            json.writeFieldName("part");
            writePart(json, "");
        });
    }

    @Override
    void render() {
        if (text.hasUnsent()) {
            String delta = text.takeUnsent();
            addContentEvent(kind.events + ".delta", json -> {
                json.writeStringField("delta", delta);
                writeLogprobs(json);
            });
        }
    }

    @Override
    void endContent() {
        String whole = text.toString();
        addContentEvent(kind.events + ".done", json -> {
            json.writeStringField(kind.field, whole);
            writeLogprobs(json);
        });
        addContentEvent("response.content_part.done", json -> {
            json.writeFieldName("part");
            writePart(json, whole);
        });
    }

    private void addContentEvent(String name, Json.ValueWriter fields) {
        addEvent(name, json -> {
            json.writeNumberField("content_index", CONTENT_INDEX);
            fields.write(json);
        });
    }

    private void writeLogprobs(JsonGenerator json) throws IOException {
        if (kind == Kind.TEXT) {
            json.writeArrayFieldStart("logprobs");
            json.writeEndArray();
        }
    }

    private void writePart(JsonGenerator json, String content) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", kind.partType);
        json.writeStringField(kind.field, content);
        if (kind == Kind.TEXT) {
            json.writeArrayFieldStart("annotations");
            json.writeEndArray();
        }
        writeLogprobs(json);
        json.writeEndObject();
    }

    @Override
    void writeFields(JsonGenerator json) throws IOException {
        json.writeStringField("role", "assistant");
        json.writeArrayFieldStart("content");
        if (!isOpen()) {
            writePart(json, text.toString());
        }
        json.writeEndArray();
    }
}
