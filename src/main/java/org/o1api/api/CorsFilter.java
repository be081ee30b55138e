package org.o1api.api;

import jakarta.annotation.Priority;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets pages of the configured origins call the gateway from a browser. A preflight carries no key, so it is answered before
 * keys are looked at; it tells nothing but what is allowed.
 */
@PreMatching
@Priority(Priorities.AUTHENTICATION - 1)
public final class CorsFilter implements ContainerRequestFilter, ContainerResponseFilter {
    private static final String ANY = "*";

    private final Set<String> origins;

    /** Allows these origins ({@code https://chat.example.com}), or all by {@code *}. */
    public CorsFilter(Set<String> origins) {
        this.origins = Set.copyOf(origins);
    }

    @Override
    public void filter(ContainerRequestContext request) {
        if (request.getMethod().equals(HttpMethod.OPTIONS)
                && request.getHeaderString("Access-Control-Request-Method") != null
                && allowed(request) != null) {
            String headers = request.getHeaderString("Access-Control-Request-Headers");
            request.abortWith(Response.noContent()
                    .header("Access-Control-Allow-Methods", "GET, POST, DELETE")
                    .header("Access-Control-Allow-Headers", headers == null ? HttpHeaders.AUTHORIZATION : headers)
                    .header("Access-Control-Max-Age", 3600)
                    .build());
        }
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (!origins.isEmpty() && !origins.contains(ANY)) {
            response.getHeaders().add(HttpHeaders.VARY, "Origin");
        }
        String origin = allowed(request);
        if (origin != null) {
            response.getHeaders().putSingle("Access-Control-Allow-Origin", origin);
            response.getHeaders().putSingle("Access-Control-Expose-Headers", "x-request-id, Retry-After");
        }
    }

    private @Nullable String allowed(ContainerRequestContext request) {
        if (origins.contains(ANY)) {
            return ANY;
        }
        String origin = request.getHeaderString("Origin");
        return origin != null && origins.contains(origin) ? origin : null;
    }
}
