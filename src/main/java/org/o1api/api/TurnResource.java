package org.o1api.api;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.SseEventSink;
import org.o1api.model.Cancellation;
import org.o1api.turn.Admission;

/** The path of an API surface to which the requests for an answer are posted. */
public abstract class TurnResource {
    private final Reader reader;
    private final TurnEndpoint endpoint;

    /** Reads the requests of a surface. */
    @FunctionalInterface
    public interface Reader {
        /**
         * Reads a request.
         *
         * @throws org.o1api.model.GatewayException if it is invalid, or the database is needed and unavailable
         */
        SurfaceTurn read(ContainerRequestContext context, Cancellation cancellation);
    }

    protected TurnResource(Reader reader, TurnEndpoint endpoint) {
        this.reader = reader;
        this.endpoint = endpoint;
    }

    /** Responds with one JSON object. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    public final void complete(@Context ContainerRequestContext context, @Suspended AsyncResponse response) {
        try (Admission.Ticket ticket = endpoint.admit(context)) {
            endpoint.complete(ticket, context, response, reader.read(context, ticket.cancellation()));
        }
    }

    /** Responds with a stream of events. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public final void stream(@Context ContainerRequestContext context, @Context SseEventSink sink) {
        try (Admission.Ticket ticket = endpoint.admit(context)) {
            endpoint.stream(ticket, sink, reader.read(context, ticket.cancellation()));
        }
    }
}
