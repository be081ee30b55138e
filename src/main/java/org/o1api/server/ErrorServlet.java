package org.o1api.server;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
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
        int status = HttpServletResponse.SC_NOT_FOUND;
        if (request.getDispatcherType() == DispatcherType.ERROR
                && request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer given) {
            status = given;
        }
        response.setStatus(status);
        response.setContentType("application/json");
        ErrorCode code = status == HttpServletResponse.SC_NOT_FOUND
                ? ErrorCode.UNKNOWN_URL
                : status < 500 ? ErrorCode.INVALID_REQUEST : ErrorCode.INTERNAL_ERROR;
        response.getOutputStream()
                .print("{\"error\":{\"message\":\"The request failed with status " + status + ".\",\"type\":\""
                        + code.type() + "\",\"param\":null,\"code\":\"" + code.wireName() + "\"}}");
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
