package org.o1api.api;

import jakarta.ws.rs.NotSupportedException;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.sse.SseEventSink;
import java.time.Duration;
import org.o1api.model.Caller;
import org.o1api.model.Cancellation;
import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;
import org.o1api.model.UnexpectedException;
import org.o1api.reasoning.TurnClient;
import org.o1api.server.AbortableResponse;
import org.o1api.server.EventStream;
import org.o1api.server.OpenStreams;
import org.o1api.turn.Admission;
import org.o1api.turn.TurnRunner;

/**
 * What all API surfaces do around a turn: admission, the response, and a failure as a status or as the last event. A turn runs on
 * the thread of its resource method.
 */
public final class TurnEndpoint {
    private final Admission admission;
    private final TurnRunner runner;
    private final OpenStreams streams;

    public TurnEndpoint(Admission admission, TurnRunner runner, OpenStreams streams) {
        this.admission = admission;
        this.runner = runner;
        this.streams = streams;
    }

    /**
     * Admits a request, before it is parsed. The ticket is closed by the turn that it becomes. The caller closes it if the request is invalid.
     *
     * @throws org.o1api.model.GatewayException if the gateway or the caller is at its limit, or the gateway calls itself
     */
    public Admission.Ticket admit(ContainerRequestContext context) {
        CallDepth.read(context);
        Admission.Ticket ticket = admission.admit(caller(context).name(), RequestJson.body(context)::release);
        if (context.getMediaType() == null) {
            ticket.close();
            throw new NotSupportedException(); // without Content-Type Jersey accepts the body as any type
        }
        return ticket;
    }

    /** Runs an admitted turn whose response is a stream of events. A failure becomes its last event if it was started. */
    public void stream(Admission.Ticket ticket, SseEventSink sink, SurfaceTurn turn) {
        try (EventStream stream = streams.openEventStream(
                sink,
                turn.openingEvent(),
                turn.unexpectedEvent(),
                turn.heartbeat(),
                new Disconnect(ticket.cancellation()))) {
            StreamClient client = turn.streamWriter(stream);
            try {
                run(turn, ticket, client);
            } catch (GatewayException failure) {
                byte[] events = client.errorEvents(failure);
                if (!(client.opensBeforeErrors() ? stream.failAfterOpening(events) : stream.fail(events))) {
                    throw failure;
                }
            }
        }
    }

    /**
     * Runs an admitted turn whose response is one JSON object. If it fails after white space was sent as a heartbeat, the connection
     * is cut.
     */
    public void complete(
            Admission.Ticket ticket, ContainerRequestContext context, AsyncResponse response, SurfaceTurn turn) {
        Duration heartbeat = streams.jsonHeartbeat();
        if (heartbeat == null) {
            run(turn, ticket, turn.jsonWriter(new WholeResponse(response)));
            return;
        }
        AbortableResponse abortable = AbortableResponse.of(context);
        try (EventStream stream =
                streams.openJson(response, heartbeat, abortable, new Disconnect(ticket.cancellation()))) {
            try {
                run(turn, ticket, turn.jsonWriter(new StreamedResponse(stream)));
            } catch (GatewayException failure) {
                if (!stream.fail(new byte[0])) {
                    throw failure;
                }
            }
        }
    }

    private void run(SurfaceTurn turn, Admission.Ticket ticket, TurnClient client) {
        try {
            runner.run(turn.request(), ticket, client);
        } catch (GatewayException failure) {
            throw turn.conversationTerms().of(failure);
        }
    }

    /** Counts the tokens that the first call of an admitted turn would send. Makes no call, and stores nothing. */
    public long countInput(Admission.Ticket ticket, SurfaceTurn turn) {
        try {
            return runner.countInput(turn.request(), ticket);
        } catch (GatewayException failure) {
            throw turn.conversationTerms().of(failure);
        }
    }

    /** The caller of an authenticated request. */
    public static Caller caller(ContainerRequestContext context) {
        return (Caller) context.getProperty(Caller.PROPERTY);
    }

    /** Cancels a turn whose response can no longer be written. */
    private record Disconnect(Cancellation cancellation) implements EventStream.Listener {
        @Override
        public void disconnected() {
            cancellation.cancel(
                    ErrorCode.CLIENT_DISCONNECTED, "The client disconnected before the answer was complete.");
        }

        @Override
        public void failed(Throwable failure) {
            GatewayException unexpected = UnexpectedException.of(failure);
            cancellation.cancel(unexpected.code(), String.valueOf(unexpected.getMessage()));
        }
    }

    private record WholeResponse(AsyncResponse response) implements SurfaceTurn.JsonTarget {
        @Override
        public void probe() {
            // nothing is sent before the response is complete
        }

        @Override
        public void send(byte[] json) {
            response.resume(json);
        }
    }

    /** White space is sent as a heartbeat until the response is complete. */
    private record StreamedResponse(EventStream stream) implements SurfaceTurn.JsonTarget {
        @Override
        public void probe() {
            stream.probe();
        }

        @Override
        public void send(byte[] json) {
            stream.end(json);
        }
    }
}
