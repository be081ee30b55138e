package org.o1api.server;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Caller;
import org.o1api.model.GatewayException;

/**
 * Rejects requests without a valid API key before any of their body is read. All paths except {@link #PUBLIC_PATHS}
 * need a key.
 */
public final class AuthenticationFilter extends HttpFilter {
    /** The paths that need no API key, relative to the context path. */
    public static final Set<String> PUBLIC_PATHS = Set.of("/health/live", "/health/ready");

    private static final long serialVersionUID = 1;

    private final transient Authenticator authenticator;
    private final transient ErrorResponder errors;

    /** Identifies the caller of a request. */
    public interface Authenticator {
        /**
         * Returns the caller of a request.
         *
         * @param headers returns the value of a request header, or null if the request does not have it
         * @throws GatewayException if the caller is unknown
         */
        Caller authenticate(Function<String, @Nullable String> headers);
    }

    public AuthenticationFilter(Authenticator authenticator, ErrorResponder errors) {
        this.authenticator = authenticator;
        this.errors = errors;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!isPublic(request)) {
            try {
                request.setAttribute(Caller.PROPERTY, authenticator.authenticate(request::getHeader));
            } catch (GatewayException e) {
                errors.reject(request, response, e);
                return;
            }
        }
        chain.doFilter(request, response);
    }

    /** Compares the path exactly as it was sent: another spelling of a public path needs a key. */
    private static boolean isPublic(HttpServletRequest request) {
        String path = request.getRequestURI();
        String context = request.getContextPath();
        return path.startsWith(context) && PUBLIC_PATHS.contains(path.substring(context.length()));
    }
}
