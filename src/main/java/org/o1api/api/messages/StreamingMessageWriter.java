package org.o1api.api.messages;

import org.o1api.api.EventEncoder;
import org.o1api.api.SummaryFields;
import org.o1api.model.GatewayException;
import org.o1api.model.TurnEvent;
import org.o1api.server.EventStream;

/**
 * Writes a message as a stream of events. Text of one kind is joined until the turn blocks, and is then sent immediately. Each text
 * consists of whole characters.
 */
final class StreamingMessageWriter extends ContentWriter {
    private final MessageTurn turn;
    private final EventEncoder events;
    private final EventStream stream;

    StreamingMessageWriter(MessageTurn turn, EventStream stream) {
        this(turn, stream, new EventEncoder());
    }

    private StreamingMessageWriter(MessageTurn turn, EventStream stream, EventEncoder events) {
        super(turn.content(events::add));
        this.turn = turn;
        this.stream = stream;
        this.events = events;
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
        MessageStop stop = content.end(end);
        events.add("message_delta", json -> {
            json.writeObjectFieldStart("delta");
            stop.write(json);
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
        content.closeText();
        turn.error(failure).addTo(events);
        return events.take();
    }
}
