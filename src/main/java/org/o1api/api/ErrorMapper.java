package org.o1api.api;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import org.o1api.model.ErrorCode;
import org.o1api.model.FailureLog;
import org.o1api.model.GatewayException;

/** Maps failures before the start of a response to a status and an OpenAI error body. */
public final class ErrorMapper implements ExceptionMapper<Throwable> {
    private static final FailureLog FAILURES = new FailureLog(System.getLogger(ErrorMapper.class.getName()));

    @Override
    public Response toResponse(Throwable failure) {
        if (failure instanceof GatewayException e) {
            return ErrorBody.of(e).toResponse();
        }
        if (failure instanceof WebApplicationException e) {
            return mapJerseyResponse(e.getResponse());
        }
        return ErrorBody.of(unexpected(failure)).toResponse();
    }

    /**
     * Converts an unexpected failure, which may be an {@code Error}. Its stack trace is logged, at most once a minute
     * per kind; the client gets no details.
     */
    public static GatewayException unexpected(Throwable failure) {
        FAILURES.error(kind(failure), "a request failed unexpectedly", failure);
        return failure instanceof OutOfMemoryError
                ? new RequestException(ErrorCode.OVERLOADED, null, "The gateway is out of memory. Retry shortly.")
                : new RequestException(
                        ErrorCode.INTERNAL_ERROR,
                        null,
                        "Internal gateway error. The operator finds the cause in the gateway's log.");
    }

    /** Groups failures for the log: by class and throwing source line. */
    private static String kind(Throwable failure) {
        StackTraceElement[] trace = failure.getStackTrace();
        return failure.getClass().getName() + (trace.length == 0 ? "" : " " + trace[0]);
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
