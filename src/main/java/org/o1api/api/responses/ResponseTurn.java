package org.o1api.api.responses;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import org.o1api.api.ConversationTerms;
import org.o1api.api.StreamClient;
import org.o1api.api.SurfaceTurn;
import org.o1api.conversation.ConversationRef;
import org.o1api.model.ErrorCode;
import org.o1api.model.TurnId;
import org.o1api.reasoning.TurnClient;
import org.o1api.server.EventStream;
import org.o1api.turn.TurnRequest;

/**
 * A request for a response and what the response looks like.
 *
 * @param form of the response's output
 */
record ResponseTurn(TurnRequest request, ResponseObject response, OutputForm form) implements SurfaceTurn {
    private static final List<String> OPENING_EVENTS = List.of("response.created", "response.in_progress");
    private static final byte[] UNEXPECTED_EVENT = unexpected();

    @Override
    public byte[] openingEvent() {
        NumberedEvents events = new NumberedEvents(0);
        for (String type : OPENING_EVENTS) {
            events.add(type, json -> {
                json.writeFieldName("response");
                response.write(json, new ResponseObject.InProgress(), List.of());
            });
        }
        return events.take();
    }

    /** Valid as OpenAI's event and as that of Open Responses. Its number is greater than any before. */
    private static byte[] unexpected() {
        NumberedEvents events = new NumberedEvents(Integer.MAX_VALUE - 1);
        String message = "Internal gateway error. The operator finds the cause in the gateway's log.";
        events.add("error", json -> {
            writeError(json, message);
            json.writeObjectFieldStart("error");
            json.writeStringField("type", ErrorCode.INTERNAL_ERROR.type());
            writeError(json, message);
            json.writeEndObject();
        });
        return events.take();
    }

    private static void writeError(JsonGenerator json, String message) throws IOException {
        json.writeStringField("code", ErrorCode.INTERNAL_ERROR.wireName());
        json.writeStringField("message", message);
        json.writeNullField("param");
    }

    @Override
    public ConversationTerms conversationTerms() {
        ConversationRef conversation = request.conversation();
        return StateReader.terms(conversation != null && !conversation.isUnnamed());
    }

    @Override
    public byte[] unexpectedEvent() {
        return UNEXPECTED_EVENT.clone();
    }

    @Override
    public StreamClient streamWriter(EventStream stream) {
        NumberedEvents events = new NumberedEvents(OPENING_EVENTS.size());
        return new StreamingResponseWriter(response, events, output(events), stream);
    }

    @Override
    public TurnClient jsonWriter(JsonTarget target) {
        return new ResponseWriter(response, output((type, fields) -> {}), target);
    }

    private ResponseOutput output(ResponseEvents events) {
        return new ResponseOutput(TurnId.hex(request.info().id()), form, events);
    }
}
