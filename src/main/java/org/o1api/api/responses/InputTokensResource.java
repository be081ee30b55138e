package org.o1api.api.responses;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.o1api.api.TurnEndpoint;
import org.o1api.json.Json;
import org.o1api.turn.Admission;

/** {@code POST /v1/responses/input_tokens}: how long the prompt of a request is. */
@Path("v1/responses/input_tokens")
@Consumes(MediaType.APPLICATION_JSON)
@Produces({MediaType.APPLICATION_JSON, MediaType.SERVER_SENT_EVENTS})
public final class InputTokensResource {
    private final ResponseTurnReader reader;
    private final TurnEndpoint endpoint;

    public InputTokensResource(ResponseTurnReader reader, TurnEndpoint endpoint) {
        this.reader = reader;
        this.endpoint = endpoint;
    }

    /** Counts the input tokens of the first call that the turn would make. The body may be one that asks for a stream. */
    @POST
    public Response count(@Context ContainerRequestContext context) {
        try (Admission.Ticket ticket = endpoint.admit(context)) {
            long tokens = endpoint.countInput(ticket, reader.readUnanswered(context, ticket.cancellation()));
            byte[] count = Json.bytes(json -> {
                json.writeStartObject();
                json.writeStringField("object", "response.input_tokens");
                json.writeNumberField("input_tokens", tokens);
                json.writeEndObject();
            });
            return Response.ok(count, MediaType.APPLICATION_JSON_TYPE).build();
        }
    }
}
