package org.o1api.server;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;

/**
 * Allows pages of the configured origins to call the gateway from a browser. Preflight requests have no API key, so
 * this filter answers them before authentication; the response only lists what is allowed. Rejects requests of pages of other
 * sites that change something.
 */
public final class CorsFilter extends HttpFilter {
    private static final long serialVersionUID = 1;
    private static final String ANY = "*";
    private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS");

    private final transient Set<String> origins;
    private final transient ErrorResponder errors;

    /** Creates the filter for origins such as {@code https://chat.example.com}; {@code *} allows all origins. */
    public CorsFilter(Set<String> origins, ErrorResponder errors) {
        this.origins = Set.copyOf(origins);
        this.errors = errors;
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
            response.setHeader(
                    "Access-Control-Expose-Headers", "x-request-id, request-id, Retry-After, x-o1-idempotency");
        }
        if (origin != null
                && request.getMethod().equals("OPTIONS")
                && request.getHeader("Access-Control-Request-Method") != null) {
            preflight(request, response);
        } else if (origin == null && isSentByAnotherSite(request)) {
            errors.reject(request, response, new CrossSiteException());
        } else {
            chain.doFilter(request, response);
        }
    }

    /**
     * Whether a page of another site makes the browser send a request that changes something. Most of them fail at the preflight; a
     * form needs none, and a proxy in front of the gateway may add a key to it.
     */
    private static boolean isSentByAnotherSite(HttpServletRequest request) {
        return !SAFE_METHODS.contains(request.getMethod()) && "cross-site".equals(request.getHeader("Sec-Fetch-Site"));
    }

    private static void preflight(HttpServletRequest request, HttpServletResponse response) {
        String headers = request.getHeader("Access-Control-Request-Headers");
        response.setHeader("Access-Control-Allow-Methods", "GET, POST, DELETE");
        response.setHeader("Access-Control-Allow-Headers", headers == null ? "Authorization" : headers);
        response.setHeader("Access-Control-Max-Age", "3600");
        response.setStatus(HttpServletResponse.SC_NO_CONTENT);
    }

    private static final class CrossSiteException extends GatewayException {
        private static final long serialVersionUID = 1;

        CrossSiteException() {
            super(
                    ErrorCode.CROSS_SITE_REQUEST,
                    "Pages of this origin may not call the gateway. Its operator can allow it (cors.origins).",
                    null);
        }
    }

    private @Nullable String allowedOrigin(HttpServletRequest request) {
        if (origins.contains(ANY)) {
            return ANY;
        }
        String origin = request.getHeader("Origin");
        return origin != null && origins.contains(origin) ? origin : null;
    }
}
