package org.o1api.api.messages;

import org.o1api.api.AnswerWriter;
import org.o1api.api.EventEncoder;
import org.o1api.api.SummaryFields;
import org.o1api.model.Delta;
import org.o1api.model.GatewayException;
import org.o1api.model.RawJson;
import org.o1api.model.TurnEvent;
import org.o1api.server.EventStream;

/**
 * Writes a message as a stream of events. Text of one kind is joined until the turn blocks, and is then sent immediately. Each text
 * consists of whole characters.
 */
final class StreamingMessageWriter implements AnswerWriter {
    private final MessageTurn turn;
    private final EventEncoder events = new EventEncoder();
    private final MessageContent content;
    private final EventStream stream;

    StreamingMessageWriter(MessageTurn turn, EventStream stream) {
        this.turn = turn;
        this.stream = stream;
        content = turn.content(events::add);
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
        content.render();
        if (events.isEmpty()) {
            stream.probe();
        } else {
            stream.send(events.take());
        }
    }

    @Override
    public void completed(TurnEvent.Completed end) {
        content.end();
        events.add("message_delta", json -> {
            json.writeObjectFieldStart("delta");
            MessageObject.writeStop(json, content.stopReason(end.reason()));
            json.writeEndObject();
            MessageObject.writeUsage(json, end.usage().reported(turn.message().usageReport()));
            SummaryFields.write(json, end);
        });
        events.add("message_stop", json -> {});
    }

    @Override
    public void end() {
        stream.end(events.take());
    }

    @Override
    public byte[] errorEvents(GatewayException failure) {
        return turn.errorEvent(failure);
    }
}
