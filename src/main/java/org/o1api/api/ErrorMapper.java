package org.o1api.api;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.lang.annotation.Annotation;
import org.o1api.model.GatewayException;
import org.o1api.model.UnexpectedException;
import org.o1api.server.ErrorFormat;
import org.o1api.server.RequestIdFilter;

/**
 * Maps failures before the start of a response to a status and an error body. Jersey does not tell a mapper the request, so the body is
 * rendered when the response passes the filters.
 */
public final class ErrorMapper implements ExceptionMapper<Throwable>, ContainerResponseFilter {
    private static final Annotation[] NO_ANNOTATIONS = {};

    private final ErrorFormat format;

    public ErrorMapper(ErrorFormat format) {
        this.format = format;
        UnexpectedException.load();
    }

    /** A failure that Jersey reports. */
    private record Status(int code) {}

    @Override
    public Response toResponse(Throwable failure) {
        if (failure instanceof WebApplicationException e) {
            return mapJerseyResponse(e.getResponse());
        }
        GatewayException known = ConversationTerms.CHAT.of(UnexpectedException.of(failure));
        return Response.status(known.code().status()).entity(known).build();
    }

    private static Response mapJerseyResponse(Response response) {
        String allow = response.getHeaderString(HttpHeaders.ALLOW);
        Response.ResponseBuilder mapped =
                Response.status(response.getStatus()).entity(new Status(response.getStatus()));
        return allow == null
                ? mapped.build()
                : mapped.header(HttpHeaders.ALLOW, allow).build();
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        Object entity = response.getEntity();
        ErrorFormat.FailedRequest failed = new ErrorFormat.FailedRequest(
                "/" + request.getUriInfo().getPath(false),
                request::getHeaderString,
                String.valueOf(request.getProperty(RequestIdFilter.ATTRIBUTE)));
        if (entity instanceof GatewayException failure) {
            set(response, format.of(failure, failed));
        } else if (entity instanceof Status status) {
            set(response, format.ofStatus(status.code, failed));
        }
    }

    private static void set(ContainerResponseContext response, ErrorFormat.ErrorResponse error) {
        response.setStatus(error.status());
        error.headers().forEach(response.getHeaders()::putSingle);
        response.setEntity(error.json(), NO_ANNOTATIONS, MediaType.APPLICATION_JSON_TYPE);
    }
}
