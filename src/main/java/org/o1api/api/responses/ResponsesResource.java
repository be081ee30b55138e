package org.o1api.api.responses;

import jakarta.ws.rs.Path;
import org.o1api.api.TurnEndpoint;
import org.o1api.api.TurnResource;

/** {@code POST /v1/responses}. */
@Path("v1/responses")
public final class ResponsesResource extends TurnResource {
    public ResponsesResource(ResponseTurnReader reader, TurnEndpoint endpoint) {
        super(reader::read, endpoint);
    }
}
