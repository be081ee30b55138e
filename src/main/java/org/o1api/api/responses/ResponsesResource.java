package org.o1api.api.responses;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.SseEventSink;
import org.o1api.api.TurnEndpoint;
import org.o1api.turn.Admission;

/** {@code POST /v1/responses}. */
@Path("v1/responses")
@Consumes(MediaType.APPLICATION_JSON)
public final class ResponsesResource {
    private final ResponseTurnReader reader;
    private final TurnEndpoint endpoint;

    public ResponsesResource(ResponseTurnReader reader, TurnEndpoint endpoint) {
        this.reader = reader;
        this.endpoint = endpoint;
    }

    /** Responds with one JSON object. */
    @POST
    @Produces(MediaType.APPLICATION_JSON)
    public void complete(@Context ContainerRequestContext context, @Suspended AsyncResponse response) {
        try (Admission.Ticket ticket = endpoint.admit(context)) {
            endpoint.complete(ticket, context, response, reader.read(context, ticket.cancellation()));
        }
    }

    /** Responds with a stream of events. */
    @POST
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public void stream(@Context ContainerRequestContext context, @Context SseEventSink sink) {
        try (Admission.Ticket ticket = endpoint.admit(context)) {
            endpoint.stream(ticket, sink, reader.read(context, ticket.cancellation()));
        }
    }
}
