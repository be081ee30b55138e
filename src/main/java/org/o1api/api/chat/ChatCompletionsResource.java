package org.o1api.api.chat;

import jakarta.ws.rs.Path;
import org.o1api.api.TurnEndpoint;
import org.o1api.api.TurnResource;

/** {@code POST /v1/chat/completions}. */
@Path("v1/chat/completions")
public final class ChatCompletionsResource extends TurnResource {
    public ChatCompletionsResource(ChatTurnReader reader, TurnEndpoint endpoint) {
        super(reader::read, endpoint);
    }
}
