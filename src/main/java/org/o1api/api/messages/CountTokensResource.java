package org.o1api.api.messages;

import jakarta.ws.rs.Path;
import org.o1api.api.TokenCountResource;
import org.o1api.api.TurnEndpoint;

/** {@code POST /v1/messages/count_tokens}: how long the prompt of a request is. */
@Path("v1/messages/count_tokens")
public final class CountTokensResource extends TokenCountResource {
    public CountTokensResource(MessageTurnReader reader, TurnEndpoint endpoint) {
        super(reader::read, endpoint);
    }
}
