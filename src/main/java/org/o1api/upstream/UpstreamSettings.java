package org.o1api.upstream;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How one provider is called.
 *
 * @param url the full URL, used verbatim, query included
 * @param apiKey sent as a bearer token; null or empty sends none
 * @param model what it is asked for, whatever the preset says; null: what the preset says
 * @param reasoningHistory whether earlier reasoning is sent back to it
 * @param replies how replies are read
 * @param relearnAfter how long a field is left out that a model has rejected
 * @param headers sent with every call; they override our own
 * @param proxy an HTTP proxy, {@code http://[user:password@]host:port}
 * @param tls which certificates are trusted, and the client certificate; null: the runtime's, and none
 */
public record UpstreamSettings(
        String name,
        URI url,
        @Nullable String apiKey,
        @Nullable String model,
        Timeouts timeouts,
        Limits limits,
        ReasoningHistory reasoningHistory,
        Replies replies,
        Duration relearnAfter,
        Map<String, String> headers,
        @Nullable URI proxy,
        @Nullable SSLContext tls) {
    /** Providers change what they accept; one failed attempt an hour costs little. */
    public static final Duration DEFAULT_RELEARN_AFTER = Duration.ofHours(1);

    public UpstreamSettings {
        headers = Map.copyOf(headers);
    }

    /** An upstream with the defaults of {@code replies} and {@code relearnAfter}, and without certificates of its own. */
    public UpstreamSettings(
            String name,
            URI url,
            @Nullable String apiKey,
            @Nullable String model,
            Timeouts timeouts,
            Limits limits,
            Map<String, String> headers,
            @Nullable URI proxy) {
        this(
                name,
                url,
                apiKey,
                model,
                timeouts,
                limits,
                ReasoningHistory.DROP,
                Replies.DEFAULT,
                DEFAULT_RELEARN_AFTER,
                headers,
                proxy,
                null);
    }

    /**
     * How long a call may take.
     *
     * @param connect for a connection, its TLS handshake included
     * @param firstToken from when the connection is there to the first delta
     * @param idle between two deltas
     * @param call for the whole of it
     */
    public record Timeouts(Duration connect, Duration firstToken, Duration idle, Duration call) {
        /** Models that think by themselves are silent for a minute and more. */
        public static final Timeouts DEFAULT = new Timeouts(
                Duration.ofSeconds(5), Duration.ofMinutes(2), Duration.ofSeconds(90), Duration.ofMinutes(5));
    }

    /**
     * How much an upstream is asked to bear.
     *
     * @param concurrency calls at once, at most
     * @param queue calls that wait for another to end, at most
     * @param attempts how often one call is made before it has failed, at least 1
     * @param maxRetryWait a {@code Retry-After} above this is not waited for
     * @param circuitBreaker whether calls are rejected for a while if it fails too often
     */
    public record Limits(int concurrency, int queue, int attempts, Duration maxRetryWait, boolean circuitBreaker) {
        public static final Limits DEFAULT = new Limits(1024, 1024, 3, Duration.ofSeconds(10), true);
    }

    /**
     * How replies are read.
     *
     * @param maxEventBytes bytes of one event of a streamed reply, at most
     * @param requireFinishReason whether a stream that ends with {@code [DONE]} but without a finish reason has failed
     * @param startsThinking whether the model's text begins inside its reasoning, so that only {@code </think>} is sent
     */
    public record Replies(int maxEventBytes, boolean requireFinishReason, boolean startsThinking) {
        /** An image in base64 fits. */
        public static final Replies DEFAULT = new Replies(4 * 1024 * 1024, false, false);
    }

    @Override
    public String toString() {
        return "UpstreamSettings[" + name + "]"; // no key, no address
    }
}
