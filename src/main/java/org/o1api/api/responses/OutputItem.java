package org.o1api.api.responses;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import org.o1api.json.Json;

/** An item of a response's output, which grows while it is open. Reports its own events. */
abstract class OutputItem {
    private final Position position;
    private final String type;
    private final ResponseEvents events;
    private Status status = Status.IN_PROGRESS;

    /**
     * Where an item is in the output.
     *
     * @param id of the item
     * @param index in the output
     */
    record Position(String id, int index) {}

    /** The state of an item. */
    enum Status {
        IN_PROGRESS("in_progress"),
        COMPLETED("completed"),
        /** The answer was cut within the item. */
        INCOMPLETE("incomplete");

        private final String wireName;

        Status(String wireName) {
            this.wireName = wireName;
        }
    }

    OutputItem(String type, Position position, ResponseEvents events) {
        this.type = type;
        this.position = position;
        this.events = events;
    }

    /** Reports the item, which is empty. */
    void open() {
        events.add("response.output_item.added", this::writeEvent);
    }

    /** Reports what was added to the item since the last call. */
    abstract void render();

    /** Reports the rest of the content, before the item ends. */
    abstract void endContent();

    /** Ends the item. */
    final void close(Status end) {
        render();
        endContent();
        status = end;
        events.add("response.output_item.done", this::writeEvent);
    }

    final String id() {
        return position.id;
    }

    final boolean isOpen() {
        return status == Status.IN_PROGRESS;
    }

    /** Reports an event of the item's content. */
    final void addEvent(String name, Json.ValueWriter fields) {
        events.add(name, json -> {
            json.writeStringField("item_id", position.id);
            json.writeNumberField("output_index", position.index);
            fields.write(json);
        });
    }

    private void writeEvent(JsonGenerator json) throws IOException {
        json.writeNumberField("output_index", position.index);
        json.writeFieldName("item");
        write(json);
    }

    /** Whether the client gets the state of the item. */
    boolean hasStatus() {
        return true;
    }

    /** Writes the item as it is now. */
    final void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", position.id);
        json.writeStringField("type", type);
        if (hasStatus()) {
            json.writeStringField("status", status.wireName);
        }
        writeFields(json);
        json.writeEndObject();
    }

    /** Writes the fields of this type of item. Its content is written only if it is complete. */
    abstract void writeFields(JsonGenerator json) throws IOException;
}
