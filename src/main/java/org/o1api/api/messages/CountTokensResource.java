package org.o1api.api.messages;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.o1api.api.TurnEndpoint;
import org.o1api.json.Json;
import org.o1api.turn.Admission;

/** {@code POST /v1/messages/count_tokens}: how long the prompt of a request is. */
@Path("v1/messages/count_tokens")
@Consumes(MediaType.APPLICATION_JSON)
public final class CountTokensResource {
    private final MessageTurnReader reader;
    private final TurnEndpoint endpoint;

    public CountTokensResource(MessageTurnReader reader, TurnEndpoint endpoint) {
        this.reader = reader;
        this.endpoint = endpoint;
    }

    /** Counts the input tokens of the first call that the turn would make. The answer is JSON even if the body asks for a stream. */
    @POST
    public Response count(@Context ContainerRequestContext context) {
        try (Admission.Ticket ticket = endpoint.admit(context)) {
            long tokens = endpoint.countInput(ticket, reader.read(context, ticket.cancellation()));
            byte[] body = Json.bytes(json -> {
                json.writeStartObject();
                json.writeNumberField("input_tokens", tokens);
                json.writeEndObject();
            });
            return Response.ok(body, MediaType.APPLICATION_JSON_TYPE).build();
        }
    }
}
