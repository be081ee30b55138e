package org.o1api.server;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Assigns each request an id (the client's, if it is well-formed) and returns it in response headers. */
public final class RequestIdFilter extends HttpFilter {
    /** The request attribute that contains the id. */
    public static final String ATTRIBUTE = "org.o1api.requestId";

    static final String HEADER = "x-request-id";

    /** The header with the same value that Anthropic's SDKs read. */
    private static final String ANTHROPIC_HEADER = "request-id";

    private static final long serialVersionUID = 1;
    private static final Pattern WELL_FORMED = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        assign(request, response);
        chain.doFilter(request, response);
    }

    /** Assigns an id to a request. */
    static void assign(HttpServletRequest request, HttpServletResponse response) {
        String id = idFor(request);
        request.setAttribute(ATTRIBUTE, id);
        response.setHeader(HEADER, id);
        response.setHeader(ANTHROPIC_HEADER, id);
    }

    /** Returns the client's id if it is well-formed, otherwise a new one. */
    private static String idFor(HttpServletRequest request) {
        @Nullable String clientId = request.getHeader(HEADER);
        return clientId != null && WELL_FORMED.matcher(clientId).matches()
                ? clientId
                : "req_" + UUID.randomUUID().toString().replace("-", "");
    }
}
