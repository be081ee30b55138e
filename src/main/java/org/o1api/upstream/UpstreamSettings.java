package org.o1api.upstream;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How one provider is called.
 *
 * @param url the full URL, used verbatim, query included
 * @param apiKey sent as a bearer token; null or empty sends none
 * @param concurrency calls at once, at most
 * @param attempts how often one call is made before it has failed, at least 1
 * @param maxRetryWait a {@code Retry-After} above this is not waited for
 * @param headers sent with every call, over our own
 * @param proxy an HTTP proxy, {@code http://[user:password@]host:port}
 */
public record UpstreamSettings(
        String name,
        URI url,
        @Nullable String apiKey,
        Timeouts timeouts,
        int concurrency,
        int attempts,
        Duration maxRetryWait,
        Map<String, String> headers,
        @Nullable URI proxy) {
    public static final int DEFAULT_CONCURRENCY = 1024;
    public static final int DEFAULT_ATTEMPTS = 3;
    public static final Duration DEFAULT_MAX_RETRY_WAIT = Duration.ofSeconds(10);

    public UpstreamSettings {
        headers = Map.copyOf(headers);
    }

    /**
     * How long a call may take.
     *
     * @param connect for a connection, its TLS handshake included
     * @param firstToken from the call's start to its first delta
     * @param idle between two deltas
     * @param call for the whole of it
     */
    public record Timeouts(Duration connect, Duration firstToken, Duration idle, Duration call) {
        public static final Timeouts DEFAULT = new Timeouts(
                Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofMinutes(5));
    }

    @Override
    public String toString() {
        return "UpstreamSettings[" + name + "]"; // no key, no address
    }
}
