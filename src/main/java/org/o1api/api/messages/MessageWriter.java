package org.o1api.api.messages;

import org.jspecify.annotations.Nullable;
import org.o1api.api.AnswerWriter;
import org.o1api.api.SummaryFields;
import org.o1api.api.SurfaceTurn;
import org.o1api.json.Json;
import org.o1api.model.Delta;
import org.o1api.model.RawJson;
import org.o1api.model.TurnEvent;

/** Collects a message and writes it as one JSON object. */
final class MessageWriter implements AnswerWriter {
    private final MessageObject message;
    private final MessageContent content;
    private final SurfaceTurn.JsonTarget target;
    private TurnEvent.@Nullable Completed completed;

    MessageWriter(MessageObject message, MessageContent content, SurfaceTurn.JsonTarget target) {
        this.message = message;
        this.content = content;
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
    public void reasoning(String text) {
        content.addThinking(text);
    }

    @Override
    public void content(String text) {
        content.addText(text);
    }

    @Override
    public void refusal(String text) {
        content.addRefusal(text);
    }

    @Override
    public void image(RawJson json) {
        content.addImage(json);
    }

    @Override
    public void toolCall(Delta.ToolCall delta) {
        content.addCall(delta);
    }

    @Override
    public void flush() {
        target.probe();
    }

    @Override
    public void completed(TurnEvent.Completed end) {
        content.end();
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
            message.write(
                    json,
                    content::write,
                    content.stopReason(end.reason()),
                    end.usage().reported(message.usageReport()));
            SummaryFields.write(json, end);
            json.writeEndObject();
        }));
    }
}
