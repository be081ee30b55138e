package org.o1api.server;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Renders the container's own errors as JSON. Without it, errors outside of Jersey would be HTML pages. Also aborts
 * responses that have failed: see {@link AbortableResponse}.
 */
public final class ErrorServlet extends HttpServlet {
    /** The location of the error page in web.xml. */
    public static final String PATH = "/error";

    private static final long serialVersionUID = 1;

    private final transient ErrorResponder errors;

    public ErrorServlet(ErrorResponder errors) {
        this.errors = errors;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getDispatcherType() == DispatcherType.ASYNC) { // by ResponseGuard, for an aborted response
            throw new AbortException();
        }
        if (response.isCommitted()) {
            return; // the client already has a status
        }
        if (!response.containsHeader(RequestIdFilter.HEADER)) { // the container failed before our filters ran
            RequestIdFilter.assign(request, response);
        }
        errors.sendStatus(request, response, status(request));
    }

    private static int status(HttpServletRequest request) {
        if (request.getDispatcherType() != DispatcherType.ERROR
                || !(request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer status)) {
            return HttpServletResponse.SC_NOT_FOUND;
        }
        // Jersey's servlet parses Content-Type before any filter of Jersey runs, and reports a malformed one as a bad
        // request.
        return status == HttpServletResponse.SC_BAD_REQUEST && isMalformed(request.getContentType())
                ? HttpServletResponse.SC_UNSUPPORTED_MEDIA_TYPE
                : status;
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

    /** Makes the container close the connection of a response that has started. */
    private static final class AbortException extends IOException {
        private static final long serialVersionUID = 1;

        AbortException() {
            super("the response failed after it had started");
        }

        /** Containers log this exception; its stack trace has no information. */
        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }
}
