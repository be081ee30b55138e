package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.Event;
import org.o1api.testing.ChatClient.JsonResponse;
import org.o1api.testing.Distribution;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;

/** Requests that exhaust a small heap. */
@Tag("alone")
@Tag("slow")
class OutOfMemoryIT {
    private static final String HEAP = "-Xmx160m";

    /** The bodies fit into the heap, but not together with the parsed requests. More clients would also kill the server's own threads. */
    private static final int FEW_CLIENTS = 8;

    private static final int MANY_CLIENTS = 24;
    private static final int ROUNDS = 10;
    private static final int SERVERS = 5;
    private static final String OUT_OF_MEMORY = "OutOfMemoryError";
    private static final String TOMCAT_THREAD_ENDED = "in thread \"http-nio";
    private static final int BODY_BYTES = 8 << 20;

    /** An escape must be decoded, and the other character makes Java store two bytes for each of the text. */
    private static final String LINE = "x".repeat(76) + "\u2026\\n";

    private static final String NO_REASONING = "\"reasoning_effort\": \"none\"";
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** A request with a large message. */
    private enum Large {
        CHAT("/v1/chat/completions", "'reasoning_effort': 'none', 'messages'"),
        MESSAGES("/v1/messages", "'max_tokens': 100, 'thinking': {'type': 'disabled'}, 'messages'"),
        RESPONSES("/v1/responses", "'reasoning': {'effort': 'none'}, 'store': false, 'input'");

        final String path;
        final String body;

        Large(String path, String fields) {
            this.path = path;
            body = ("{'model': 'fake-model', " + fields + ": [{'role': 'user', 'content': '"
                            + LINE.repeat(BODY_BYTES / LINE.length()) + "'}]}")
                    .replace('\'', '"');
        }
    }

    /** The status (0: no reply) and the body. */
    private record Reply(int status, String body) {}

    @ParameterizedTest
    @EnumSource(names = {"TOMCAT_10_1", "JETTY_12_0"})
    void servesNormallyAfterAnOutOfMemoryError(Distribution distribution) throws Exception {
        try (FakeUpstream upstream = upstream();
                Distribution.RunningServer server = startAndExhaustMemory(distribution, upstream)) {
            assertThat(outOfMemory(server)).isTrue();

            await().atMost(TIMEOUT)
                    .ignoreExceptions()
                    .until(() -> server.client("")
                                    .send("/health/ready", get -> get.timeout(Duration.ofSeconds(10)))
                                    .status()
                            == 200);
            upstream.awaitIdle();
            assertStreamsATurn(server.client(GatewayFixture.KEY));
            assertSendsPings(server.client(GatewayFixture.KEY));
            assertTimesOut(server.client(GatewayFixture.KEY));
            assertDetectsDisconnect(server.client(GatewayFixture.KEY), upstream);
            assertThat(server.client("").get("/health/ready").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TOMCAT_10_1", "JETTY_12_0"})
    void theDefaultLimitsPreventAnOutOfMemoryError(Distribution distribution) throws Exception {
        try (FakeUpstream upstream = upstream();
                Distribution.RunningServer server = start(distribution, upstream, "")) {
            List<Reply> replies = load(server.url(), MANY_CLIENTS, Large.values());

            assertThat(replies).extracting(Reply::status).isSubsetOf(200, 503, 529);
            assertThat(replies)
                    .filteredOn(reply -> reply.status() != 200)
                    .isNotEmpty()
                    .allSatisfy(reply -> assertThat(reply.body()).contains("overloaded"));
            assertThat(server.output()).doesNotContain(OUT_OF_MEMORY);
            upstream.awaitIdle();
            assertStreamsATurn(server.client(GatewayFixture.KEY));
        }
    }

    /**
     * Starts a server, runs a turn, and exhausts the memory. Another server is started if the error has ended a thread of Tomcat that waits
     * for all connections: the gateway can protect only its own threads.
     */
    private static Distribution.RunningServer startAndExhaustMemory(Distribution distribution, FakeUpstream upstream)
            throws IOException {
        for (int attempt = 1; ; attempt++) {
            Distribution.RunningServer server = start(distribution, upstream, "limits: { bodies: 9999MiB }");
            assertStreamsATurn(server.client(GatewayFixture.KEY)); // a class that fails to be initialized is lost
            for (int round = 0; round < ROUNDS && !outOfMemory(server); round++) {
                load(server.url(), FEW_CLIENTS, Large.CHAT);
            }
            if (attempt == SERVERS || !server.output().contains(TOMCAT_THREAD_ENDED)) {
                return server;
            }
            server.close();
        }
    }

    private static Distribution.RunningServer start(Distribution distribution, FakeUpstream upstream, String limits)
            throws IOException {
        String config = "api_bearer_token: " + GatewayFixture.KEY + "\ndefault_model: fake-model\nheartbeat: 200ms\n"
                + "upstreams: { default: { url: \"" + upstream.url()
                + "\", attempts: 1, circuit_breaker: false, timeouts: { first_token: 5s } } }\n" + limits + "\n";
        return distribution.start(Distribution.ROOT, config, base -> {}, HEAP);
    }

    /** Answers large requests with a fixed text, and small ones with their own text. */
    private static FakeUpstream upstream() {
        AtomicInteger steps = new AtomicInteger();
        return FakeUpstream.discardingRequests(request -> switch (request.lastMessage()) {
            case "wait" -> exchange -> exchange.stream().text("It is").awaitDisconnect();
            case "silence" -> Script.silence();
            default ->
                request.text().length() > BODY_BYTES / 2
                        ? Script.answer("Large.")
                        : StepScripts.threeStepsThenAnswer("It is 42.")[steps.getAndIncrement() % 4];
        });
    }

    private static boolean outOfMemory(Distribution.RunningServer server) throws IOException {
        return server.output().contains(OUT_OF_MEMORY);
    }

    /** Sends large requests of these kinds, in turn, concurrently, and waits for all replies. */
    private static List<Reply> load(URI url, int clients, Large... kinds) {
        List<CompletableFuture<Reply>> replies = IntStream.range(0, clients)
                .mapToObj(client -> send(url, kinds[client % kinds.length]))
                .toList();
        return replies.stream().map(CompletableFuture::join).toList();
    }

    private static CompletableFuture<Reply> send(URI url, Large large) {
        HttpRequest request = HttpRequest.newBuilder(url.resolve(large.path))
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + GatewayFixture.KEY)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(large.body))
                .build();
        return HTTP.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .handle((response, failure) ->
                        failure == null ? new Reply(response.statusCode(), response.body()) : new Reply(0, ""));
    }

    private static void assertStreamsATurn(ChatClient client) {
        try (ChatClient.Stream stream = client.streamQuestion("What is it?")) {
            List<Event> events = stream.remainingEvents();
            assertThat(ChatClient.reasoning(events)).isEqualTo(StepScripts.THREE_STEPS_TEXT);
            assertThat(ChatClient.content(events)).isEqualTo("It is 42.");
            assertThat(events.get(events.size() - 1).isDone()).isTrue();
        }
    }

    private static void assertSendsPings(ChatClient client) throws Exception {
        ChatClient.Stream stream = client.streamQuestion("wait", NO_REASONING);
        CompletableFuture<?> reading;
        try (stream) {
            assertThat(stream.nextText().content()).isEqualTo("It is");
            reading = CompletableFuture.runAsync(stream::next);
            await().atMost(Duration.ofSeconds(15)).until(() -> stream.comments().size() >= 2);
            assertThat(stream.comments()).containsOnly(": ping");
        }
        reading.handle((end, failure) -> "closed").get(10, TimeUnit.SECONDS);
    }

    private static void assertTimesOut(ChatClient client) {
        JsonResponse answer = client.postQuestion("silence", NO_REASONING);
        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.json().at("/error/code").asText()).isEqualTo("upstream_timeout");
    }

    private static void assertDetectsDisconnect(ChatClient client, FakeUpstream upstream) {
        int aborted = upstream.abortedCalls();
        try (ChatClient.Stream stream = client.streamQuestion("wait", NO_REASONING)) {
            assertThat(stream.nextText().content()).isEqualTo("It is");
        }
        upstream.awaitAborted(aborted + 1);
    }
}
