package org.o1api.server;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.o1api.llm.ErrorCode;

/** The container's own errors as JSON: what fails before or outside of Jersey must not come as an HTML page. */
public final class ErrorServlet extends HttpServlet {
    static final String PATH = "/error";

    private static final long serialVersionUID = 1;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getDispatcherType() == DispatcherType.ASYNC) {
            throw new CutException();
        }
        if (response.isCommitted()) {
            return; // what has begun cannot be told otherwise any more
        }
        String message = "";
        int status = HttpServletResponse.SC_NOT_FOUND;
        if (request.getDispatcherType() == DispatcherType.ERROR
                && request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer given) {
            status = given;
        }
        // Jersey's servlet reads the header before any filter of ours, and finds a bad request in it.
        if (status == HttpServletResponse.SC_BAD_REQUEST && isMalformed(request.getContentType())) {
            status = HttpServletResponse.SC_UNSUPPORTED_MEDIA_TYPE;
            message = " The request body must be JSON, sent with 'Content-Type: application/json'.";
        }
        response.setStatus(status);
        response.setContentType("application/json");
        ErrorCode code = codeOf(status);
        response.getOutputStream()
                .print("{\"error\":{\"message\":\"The request failed with status " + status + "." + message
                        + "\",\"type\":\"" + code.type() + "\",\"param\":null,\"code\":\"" + code.wireName() + "\"}}");
    }

    private static ErrorCode codeOf(int status) {
        return switch (status) {
            case HttpServletResponse.SC_NOT_FOUND -> ErrorCode.UNKNOWN_URL;
            case HttpServletResponse.SC_UNSUPPORTED_MEDIA_TYPE -> ErrorCode.UNSUPPORTED_MEDIA_TYPE;
            default -> status < 500 ? ErrorCode.INVALID_REQUEST : ErrorCode.INTERNAL_ERROR;
        };
    }

    private static boolean isMalformed(@Nullable String type) {
        try {
            if (type != null) {
                MediaType.valueOf(type);
            }
            return false;
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

    /** What containers answer by cutting the connection, where the response has begun. */
    private static final class CutException extends IOException {
        private static final long serialVersionUID = 1;

        CutException() {
            super("the reply failed after it had begun");
        }

        /** The servers log it; where it comes from is no news. */
        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }
}
