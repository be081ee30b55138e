package org.o1api.upstream;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one upstream.
 *
 * @param url the full URL, used verbatim, including its query; of a recording, {@code replay://} and its hash
 * @param apiKey sent as a bearer token; null or empty: none is sent
 * @param model replaces the preset's model; null: the preset's model is used
 * @param reasoningHistory for which answers earlier reasoning is sent back
 * @param replies how replies are read
 * @param models what is configured about models, by the provider's names
 * @param relearnAfter how long facts learned about a model are kept, such as rejected fields
 * @param headers sent with every call; they override the gateway's own headers
 * @param traceHeaders whether each call has the request's ID and W3C trace context, unless {@code headers} has the same name
 * @param proxy an HTTP proxy, {@code http://[user:password@]host:port}
 * @param tls trusted certificates and client certificate; null: those of the runtime, and none
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
        Map<String, ModelSettings> models,
        Duration relearnAfter,
        Map<String, String> headers,
        boolean traceHeaders,
        @Nullable URI proxy,
        @Nullable SSLContext tls) {
    /** Providers change what they accept, and one rejected attempt an hour costs little. */
    public static final Duration DEFAULT_RELEARN_AFTER = Duration.ofHours(1);

    public UpstreamSettings {
        models = Map.copyOf(models);
        headers = Map.copyOf(headers);
    }

    /** What is configured about a model, by the provider's name. */
    public ModelSettings model(String name) {
        return models.getOrDefault(name, ModelSettings.UNKNOWN);
    }

    /**
     * Settings with the defaults of {@code reasoningHistory}, {@code replies} and {@code relearnAfter}, without models, trace headers
     * and certificates of its own.
     */
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
                Map.of(),
                DEFAULT_RELEARN_AFTER,
                headers,
                false,
                proxy,
                null);
    }

    /**
     * The timeouts of a call.
     *
     * @param connect for opening a connection, including the TLS handshake
     * @param firstToken from the open connection to the first delta
     * @param idle between two deltas
     * @param call for the whole call, including retries
     */
    public record Timeouts(Duration connect, Duration firstToken, Duration idle, Duration call) {
        /** Reasoning models are silent for a minute and more. */
        public static final Timeouts DEFAULT = new Timeouts(
                Duration.ofSeconds(5), Duration.ofMinutes(2), Duration.ofSeconds(90), Duration.ofMinutes(5));
    }

    /**
     * The limits on the load of an upstream.
     *
     * @param concurrency maximum concurrent calls
     * @param queue maximum calls that wait for a slot
     * @param attempts maximum attempts at one call, at least 1
     * @param maxRetryWait if {@code Retry-After} exceeds this, the call is not retried
     * @param circuitBreaker whether calls are rejected for a while if too many fail
     */
    public record Limits(int concurrency, int queue, int attempts, Duration maxRetryWait, boolean circuitBreaker) {
        public static final Limits DEFAULT = new Limits(1024, 1024, 3, Duration.ofSeconds(10), true);
    }

    /**
     * How replies are read.
     *
     * @param event maximum bytes of one event of a streamed reply
     * @param requireFinishReason whether a stream that ends with {@code [DONE]} but without a finish reason is a failure
     * @param startsThinking whether the model's text starts inside its reasoning, so that only {@code </think>} is sent
     */
    public record Replies(int event, boolean requireFinishReason, boolean startsThinking) {
        /** The event size allows an image in base64. */
        public static final Replies DEFAULT = new Replies(4 * 1024 * 1024, false, false);
    }

    @Override
    public String toString() {
        return "UpstreamSettings[" + name + "]"; // without key and address
    }
}
