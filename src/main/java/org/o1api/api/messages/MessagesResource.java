package org.o1api.api.messages;

import jakarta.ws.rs.Path;
import org.o1api.api.TurnEndpoint;
import org.o1api.api.TurnResource;

/** {@code POST /v1/messages}. */
@Path("v1/messages")
public final class MessagesResource extends TurnResource {
    public MessagesResource(MessageTurnReader reader, TurnEndpoint endpoint) {
        super(reader::read, endpoint);
    }
}
