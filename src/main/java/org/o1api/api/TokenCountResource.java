package org.o1api.api;

import com.fasterxml.jackson.core.JsonGenerator;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import org.o1api.json.Json;
import org.o1api.turn.Admission;

/** The path of an API surface to which requests are posted whose prompt is only counted. */
public abstract class TokenCountResource {
    private final TurnResource.Reader reader;
    private final TurnEndpoint endpoint;

    protected TokenCountResource(TurnResource.Reader reader, TurnEndpoint endpoint) {
        this.reader = reader;
        this.endpoint = endpoint;
    }

    /** Counts the input tokens of the first call that the turn would make. The answer is JSON even if the body asks for a stream. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces({MediaType.APPLICATION_JSON, MediaType.SERVER_SENT_EVENTS})
    public final Response count(@Context ContainerRequestContext context) {
        try (Admission.Ticket ticket = endpoint.admit(context)) {
            long tokens = endpoint.countInput(ticket, reader.read(context, ticket.cancellation()));
            byte[] count = Json.bytes(json -> {
                json.writeStartObject();
                writeFields(json);
                json.writeNumberField("input_tokens", tokens);
                json.writeEndObject();
            });
            return Response.ok(count, MediaType.APPLICATION_JSON_TYPE).build();
        }
    }

    /** Writes the fields before the count. */
    protected void writeFields(JsonGenerator json) throws IOException {}
}
