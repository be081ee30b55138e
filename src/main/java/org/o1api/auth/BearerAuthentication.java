package org.o1api.auth;

import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Caller;

/** Identifies the caller by the API key in {@code Authorization: Bearer KEY}. */
public final class BearerAuthentication {
    private static final String HEADER = "Authorization";
    private static final String SCHEME = "bearer ";

    private final ApiKeys keys;

    public BearerAuthentication(ApiKeys keys) {
        this.keys = keys;
    }

    /**
     * Returns the caller of a request.
     *
     * @param headers returns the value of a request header, or null if the request does not have it
     * @throws UnauthorizedException if the API key is missing or unknown
     */
    public Caller authenticate(Function<String, @Nullable String> headers) {
        String authorization = headers.apply(HEADER);
        if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            throw new UnauthorizedException(
                    "The API key is missing. Send it in the header 'Authorization: Bearer KEY'.");
        }
        return keys.find(authorization.substring(SCHEME.length()).strip())
                .orElseThrow(() -> new UnauthorizedException(
                        "Unknown API key. Check it for typing errors, or ask the operator of this gateway for a key."));
    }
}
