package org.o1api.auth;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Caller;

/**
 * Identifies the caller by the API key in {@code Authorization: Bearer KEY}, as OpenAI's clients send it, or in {@code x-api-key}, as
 * Anthropic's do. If a request has both, one valid key is enough: clients may send a placeholder in the other header.
 */
public final class KeyAuthentication {
    private static final String BEARER_HEADER = "Authorization";
    private static final String SCHEME = "bearer ";
    private static final String KEY_HEADER = "x-api-key";

    private final ApiKeys keys;

    public KeyAuthentication(ApiKeys keys) {
        this.keys = keys;
    }

    /**
     * Returns the caller of a request.
     *
     * @param headers returns the value of a request header, or null if the request does not have it
     * @throws UnauthorizedException if the API key is missing or unknown
     */
    public Caller authenticate(Function<String, @Nullable String> headers) {
        List<String> given = Stream.of(
                        bearer(headers.apply(BEARER_HEADER)), Optional.ofNullable(headers.apply(KEY_HEADER)))
                .flatMap(Optional::stream)
                .map(String::strip)
                .toList();
        if (given.isEmpty()) {
            throw new UnauthorizedException(
                    "The API key is missing. Send it in the header 'Authorization: Bearer KEY' or 'x-api-key: KEY'.");
        }
        return given.stream()
                .flatMap(key -> keys.find(key).stream())
                .findFirst()
                .orElseThrow(() -> new UnauthorizedException(
                        "Unknown API key. Check it for typing errors, or ask the operator of this gateway for a key."));
    }

    private static Optional<String> bearer(@Nullable String authorization) {
        return authorization != null && authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)
                ? Optional.of(authorization.substring(SCHEME.length()))
                : Optional.empty();
    }
}
