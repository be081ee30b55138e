package org.o1api.api.responses;

import org.jspecify.annotations.Nullable;
import org.o1api.api.SurfaceTurn;
import org.o1api.json.Json;
import org.o1api.model.TurnEvent;
import org.o1api.reasoning.TurnClient;

/** Collects a response and writes it as one JSON object. */
final class ResponseWriter implements TurnClient {
    private ResponseObject response;
    private final ResponseOutput output;
    private final SurfaceTurn.JsonTarget target;
    private ResponseObject.@Nullable Ended ended;

    ResponseWriter(ResponseObject response, ResponseOutput output, SurfaceTurn.JsonTarget target) {
        this.response = response;
        this.output = output;
        this.target = target;
    }

    @Override
    public void write(TurnEvent event) {
        if (event instanceof TurnEvent.Completed completed) {
            output.complete(completed.reason());
            ended = new ResponseObject.Ended(completed);
        } else {
            output.write(event);
        }
    }

    @Override
    public void notStored() {
        response = response.notStored();
    }

    @Override
    public void flush() {
        target.probe();
    }

    @Override
    public boolean isBuffered() {
        return true;
    }

    @Override
    public void end() {
        ResponseObject.Ended end = ended;
        if (end == null) {
            throw new IllegalStateException("the turn has not completed");
        }
        target.send(Json.bytes(json -> response.write(json, end, output.items())));
    }
}
