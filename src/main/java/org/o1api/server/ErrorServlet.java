package org.o1api.server;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Writes the container's own errors as JSON: errors before or outside of Jersey must not be HTML pages. */
public final class ErrorServlet extends HttpServlet {
    /** Where web.xml's error page is. */
    public static final String PATH = "/error";

    private static final long serialVersionUID = 1;

    private final transient ErrorResponder errors;

    public ErrorServlet(ErrorResponder errors) {
        this.errors = errors;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getDispatcherType() == DispatcherType.ASYNC) {
            throw new AbortException();
        }
        if (response.isCommitted()) {
            return; // the client has a status already
        }
        if (!response.containsHeader(RequestIdFilter.HEADER)) { // the container failed before our filters
            response.setHeader(RequestIdFilter.HEADER, RequestIdFilter.idFor(request));
        }
        errors.sendStatus(response, status(request));
    }

    private static int status(HttpServletRequest request) {
        if (request.getDispatcherType() != DispatcherType.ERROR
                || !(request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer status)) {
            return HttpServletResponse.SC_NOT_FOUND;
        }
        // Jersey's servlet reads this header before any filter of Jersey's, and reports a bad request.
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

    /** Containers answer it by closing the connection if the response has begun. */
    private static final class AbortException extends IOException {
        private static final long serialVersionUID = 1;

        AbortException() {
            super("the response failed after it had started");
        }

        /** The containers log it, and where it comes from says nothing. */
        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }
}
