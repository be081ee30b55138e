package org.o1api.api.responses;

import com.fasterxml.jackson.core.JsonGenerator;
import jakarta.ws.rs.Path;
import java.io.IOException;
import org.o1api.api.TokenCountResource;
import org.o1api.api.TurnEndpoint;

/** {@code POST /v1/responses/input_tokens}: how long the prompt of a request is. */
@Path("v1/responses/input_tokens")
public final class InputTokensResource extends TokenCountResource {
    public InputTokensResource(ResponseTurnReader reader, TurnEndpoint endpoint) {
        super(reader::readUnanswered, endpoint);
    }

    @Override
    protected void writeFields(JsonGenerator json) throws IOException {
        json.writeStringField("object", "response.input_tokens");
    }
}
