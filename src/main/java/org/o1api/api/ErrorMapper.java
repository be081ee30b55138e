package org.o1api.api;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import org.o1api.model.UnexpectedException;

/** Maps failures before the start of a response to a status and an OpenAI error body. */
public final class ErrorMapper implements ExceptionMapper<Throwable> {
    public ErrorMapper() {
        UnexpectedException.load();
    }

    @Override
    public Response toResponse(Throwable failure) {
        if (failure instanceof WebApplicationException e) {
            return mapJerseyResponse(e.getResponse());
        }
        return ErrorBody.of(ConversationTerms.CHAT.of(UnexpectedException.of(failure)))
                .toResponse();
    }

    private static Response mapJerseyResponse(Response response) {
        String allow = response.getHeaderString(HttpHeaders.ALLOW);
        Response.ResponseBuilder mapped = Response.fromResponse(
                OpenAiErrorFormat.body(response.getStatus()).toResponse());
        return allow == null
                ? mapped.build()
                : mapped.header(HttpHeaders.ALLOW, allow).build();
    }
}
