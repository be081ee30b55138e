package org.o1api.api.responses;

import org.jspecify.annotations.Nullable;
import org.o1api.api.StreamClient;
import org.o1api.model.GatewayException;
import org.o1api.model.TurnEvent;
import org.o1api.server.EventStream;

/**
 * Writes a response as a stream of events. Text of one kind is joined until the turn blocks, and is then sent immediately. Each text
 * consists of whole characters.
 */
final class StreamingResponseWriter implements StreamClient {
    private ResponseObject response;
    private final NumberedEvents events;
    private final ResponseOutput output;
    private final EventStream stream;
    private ResponseObject.@Nullable Ended ended;

    /**
     * Creates a writer.
     *
     * @param events gets the events of the output
     */
    StreamingResponseWriter(ResponseObject response, NumberedEvents events, ResponseOutput output, EventStream stream) {
        this.response = response;
        this.events = events;
        this.output = output;
        this.stream = stream;
    }

    @Override
    public void accepted() {
        stream.accepted();
    }

    @Override
    public void write(TurnEvent event) {
        if (event instanceof TurnEvent.Completed completed) {
            output.complete(completed.reason());
            ended = new ResponseObject.Ended(completed); // sent at the end: until then the turn may fail
        } else {
            output.write(event);
        }
    }

    private void addEnd(ResponseObject.State state) {
        events.add("response." + state.status(), json -> {
            json.writeFieldName("response");
            response.write(json, state, output.items());
        });
    }

    @Override
    public void notStored() {
        response = response.notStored();
    }

    @Override
    public void flush() {
        output.render();
        if (events.isEmpty()) {
            stream.probe();
        } else {
            stream.send(events.take());
        }
    }

    @Override
    public void end() {
        ResponseObject.Ended end = ended;
        if (end == null) {
            throw new IllegalStateException("the turn has not completed");
        }
        addEnd(end);
        stream.end(events.take());
    }

    @Override
    public byte[] errorEvents(GatewayException failure) {
        output.render();
        addEnd(new ResponseObject.Failed(failure));
        return events.take();
    }

    @Override
    public boolean opensBeforeErrors() {
        return true;
    }
}
