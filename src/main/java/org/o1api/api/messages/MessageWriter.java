package org.o1api.api.messages;

import org.jspecify.annotations.Nullable;
import org.o1api.api.SummaryFields;
import org.o1api.api.SurfaceTurn;
import org.o1api.json.Json;
import org.o1api.model.TurnEvent;

/** Collects a message and writes it as one JSON object. */
final class MessageWriter extends ContentWriter {
    private final MessageObject message;
    private final SurfaceTurn.JsonTarget target;
    private TurnEvent.@Nullable Completed completed;
    private MessageStop stop = MessageStop.NONE;

    MessageWriter(MessageObject message, MessageContent content, SurfaceTurn.JsonTarget target) {
        super(content);
        this.message = message;
        this.target = target;
    }

    @Override
    public void accepted() {
        // nothing is sent before the message is complete
    }

    @Override
    public boolean isBuffered() {
        return true;
    }

    @Override
    public void flush() {
        target.probe();
    }

    @Override
    public void completed(TurnEvent.Completed end) {
        stop = content.end(end);
        completed = end;
    }

    @Override
    public void end() {
        TurnEvent.Completed end = completed;
        if (end == null) {
            throw new IllegalStateException("the turn has not completed");
        }
        target.send(Json.bytes(json -> {
            json.writeStartObject();
            message.write(json, content::write, stop, end.usage().reported(message.usageReport()));
            SummaryFields.write(json, end);
            json.writeEndObject();
        }));
    }
}
