package org.o1api.server;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.o1api.model.GatewayException;

/** Renders errors for clients. */
public interface ErrorFormat {
    /** Renders a failure of the gateway. */
    ErrorResponse of(GatewayException failure, FailedRequest request);

    /**
     * Renders an error that is reported by the servlet container or Jersey.
     *
     * @param status 400 to 599
     */
    ErrorResponse ofStatus(int status, FailedRequest request);

    /**
     * What the form of an error depends on.
     *
     * @param path relative to the context path, as it was sent
     * @param headers returns the value of a request header, or null if the request does not have it
     * @param id of the request
     */
    record FailedRequest(String path, Function<String, @Nullable String> headers, String id) {
        /** The request of a servlet, which may be one that the container has dispatched to an error page. */
        static FailedRequest of(HttpServletRequest request) {
            Object failed = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
            String uri = failed instanceof String original ? original : String.valueOf(request.getRequestURI());
            String context = request.getContextPath();
            return new FailedRequest(
                    context != null && uri.startsWith(context) ? uri.substring(context.length()) : uri,
                    request::getHeader,
                    String.valueOf(request.getAttribute(RequestIdFilter.ATTRIBUTE)));
        }
    }

    /**
     * An error response.
     *
     * @param json the body
     */
    record ErrorResponse(int status, Map<String, String> headers, String json) {
        public ErrorResponse {
            headers = Map.copyOf(headers);
        }
    }
}
