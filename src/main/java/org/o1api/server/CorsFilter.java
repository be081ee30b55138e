package org.o1api.server;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Allows pages of the configured origins to call the gateway from a browser. Preflight requests have no API key, so
 * this filter answers them before authentication; the response only lists what is allowed.
 */
public final class CorsFilter extends HttpFilter {
    private static final long serialVersionUID = 1;
    private static final String ANY = "*";

    private final transient Set<String> origins;

    /** Creates the filter for origins such as {@code https://chat.example.com}; {@code *} allows all origins. */
    public CorsFilter(Set<String> origins) {
        this.origins = Set.copyOf(origins);
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!origins.isEmpty() && !origins.contains(ANY)) {
            response.addHeader("Vary", "Origin");
        }
        String origin = allowedOrigin(request);
        if (origin != null) {
            response.setHeader("Access-Control-Allow-Origin", origin);
            response.setHeader("Access-Control-Expose-Headers", "x-request-id, Retry-After, x-o1-idempotency");
        }
        if (origin != null
                && request.getMethod().equals("OPTIONS")
                && request.getHeader("Access-Control-Request-Method") != null) {
            preflight(request, response);
        } else {
            chain.doFilter(request, response);
        }
    }

    private static void preflight(HttpServletRequest request, HttpServletResponse response) {
        String headers = request.getHeader("Access-Control-Request-Headers");
        response.setHeader("Access-Control-Allow-Methods", "GET, POST, DELETE");
        response.setHeader("Access-Control-Allow-Headers", headers == null ? "Authorization" : headers);
        response.setHeader("Access-Control-Max-Age", "3600");
        response.setStatus(HttpServletResponse.SC_NO_CONTENT);
    }

    private @Nullable String allowedOrigin(HttpServletRequest request) {
        if (origins.contains(ANY)) {
            return ANY;
        }
        String origin = request.getHeader("Origin");
        return origin != null && origins.contains(origin) ? origin : null;
    }
}
