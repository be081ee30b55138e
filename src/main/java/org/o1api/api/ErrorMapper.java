package org.o1api.api;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.lang.System.Logger.Level;
import java.time.Duration;
import org.o1api.llm.ErrorCode;
import org.o1api.llm.GatewayException;

/** Turns whatever went wrong before a response began into a status and OpenAI's error body. */
public final class ErrorMapper implements ExceptionMapper<Throwable> {
    private static final System.Logger LOG = System.getLogger(ErrorMapper.class.getName());

    @Override
    public Response toResponse(Throwable failure) {
        if (failure instanceof GatewayException e) {
            return ErrorBody.of(e).response();
        }
        if (failure instanceof WebApplicationException e) {
            return ofJersey(e.getResponse());
        }
        return ErrorBody.of(unexpected(failure)).response();
    }

    /** A failure that nobody foresaw: the log gets it whole, the caller gets none of it. */
    public static GatewayException unexpected(Throwable failure) {
        LOG.log(Level.ERROR, "a request failed in a way that nobody foresaw", failure);
        return new RequestException(
                ErrorCode.INTERNAL_ERROR, null, "The gateway failed; its log tells the operator more.");
    }

    private static Response ofJersey(Response response) {
        ErrorBody body = switch (response.getStatus()) {
            case 404 ->
                error(
                        ErrorCode.UNKNOWN_URL,
                        "There is nothing at this URL. Chat completions are at POST" + " /v1/chat/completions.");
            case 405 ->
                error(
                        ErrorCode.METHOD_NOT_ALLOWED,
                        "This URL does not take this method. It takes " + response.getHeaderString(HttpHeaders.ALLOW)
                                + ".");
            case 406 -> error(ErrorCode.NOT_ACCEPTABLE, "This URL cannot answer in the type that is asked for.");
            case 413 -> error(ErrorCode.REQUEST_TOO_LARGE, "The request is too large.");
            case 415 ->
                error(
                        ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                        "The request body must be JSON, sent with" + " 'Content-Type: application/json'.");
            case 503 ->
                new ErrorBody(
                        ErrorCode.OVERLOADED,
                        "The gateway has no room for the request just now. Try again shortly.",
                        null,
                        Duration.ofSeconds(1));
            default ->
                response.getStatus() < 500
                        ? error(ErrorCode.INVALID_REQUEST, "The request cannot be read.")
                        : error(ErrorCode.INTERNAL_ERROR, "The gateway failed; its log tells the operator more.");
        };
        Response.ResponseBuilder mapped = Response.fromResponse(body.response());
        String allow = response.getHeaderString(HttpHeaders.ALLOW);
        return allow == null
                ? mapped.build()
                : mapped.header(HttpHeaders.ALLOW, allow).build();
    }

    private static ErrorBody error(ErrorCode code, String message) {
        return new ErrorBody(code, message, null, null);
    }
}
