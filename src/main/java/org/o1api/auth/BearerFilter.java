package org.o1api.auth;

import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Lets nobody in without a key, before anything of the request is read. What is public is named here, all else is not. */
@PreMatching
@Priority(Priorities.AUTHENTICATION)
public final class BearerFilter implements ContainerRequestFilter {
    /** The paths that need no key. */
    public static final Set<String> PUBLIC = Set.of("health/live", "health/ready");

    private static final String SCHEME = "bearer ";

    private final ApiKeys keys;

    public BearerFilter(ApiKeys keys) {
        this.keys = keys;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        if (PUBLIC.contains(request.getUriInfo().getPath(false))) {
            return;
        }
        @Nullable String header = request.getHeaderString(HttpHeaders.AUTHORIZATION);
        if (header == null || !header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            throw new UnauthorizedException("No API key was given. Send it in the header 'Authorization: Bearer KEY'.");
        }
        Caller caller = keys.find(header.substring(SCHEME.length()).strip())
                .orElseThrow(
                        () -> new UnauthorizedException("The API key is not known here. Check it for typing errors,"
                                + " or ask the operator of this gateway for one."));
        request.setProperty(Caller.PROPERTY, caller);
    }
}
