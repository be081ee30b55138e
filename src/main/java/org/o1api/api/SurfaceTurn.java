package org.o1api.api;

import org.o1api.reasoning.TurnClient;
import org.o1api.server.EventStream;
import org.o1api.turn.TurnRequest;

/** A turn of one API surface: the validated request, and how its response is written. */
public interface SurfaceTurn {
    TurnRequest request();

    /** The first event of a streamed response. */
    byte[] openingEvent();

    /** The last event of a streamed response after a failure so severe that no other event can be created. */
    default byte[] unexpectedEvent() {
        return ErrorBody.unexpectedEvent();
    }

    /** What a streamed response gets during silence: complete lines that its clients ignore. */
    default byte[] heartbeat() {
        return EventStream.comment();
    }

    /** The names that the request has for what the errors of its conversation are about. */
    default ConversationTerms conversationTerms() {
        return ConversationTerms.CHAT;
    }

    /** Returns a writer of a streamed response. */
    StreamClient streamWriter(EventStream stream);

    /** Returns a writer of a response of one JSON object. */
    TurnClient jsonWriter(JsonTarget target);

    /** Where a response of one JSON object is sent. */
    interface JsonTarget {
        /** Fails if the client is known to have disconnected. */
        void probe();

        void send(byte[] json);
    }
}
