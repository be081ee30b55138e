package org.o1api.api;

import org.o1api.model.GatewayException;
import org.o1api.reasoning.TurnClient;

/** The client of a turn that gets a stream of events. */
public interface StreamClient extends TurnClient {
    /** Returns the last events of a response that has started and then fails. Called instead of {@link #end}. */
    default byte[] errorEvents(GatewayException failure) {
        return ErrorBody.of(failure).toEvent();
    }

    /** Whether the opening event must precede the error events, if only heartbeats were sent so far. */
    default boolean opensBeforeErrors() {
        return false;
    }
}
