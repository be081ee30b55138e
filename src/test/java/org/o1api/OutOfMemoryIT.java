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
import org.o1api.testing.Distribution;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.Question;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;
import org.o1api.testing.Surface;
import org.o1api.testing.SurfaceClient;
import org.o1api.testing.SurfaceEvent;
import org.o1api.testing.SurfaceStream;

/** Requests that exhaust a small heap. */
@Tag("slow")
class OutOfMemoryIT {
    private static final String HEAP = "-Xmx160m";

    /** The bodies fit into the heap, but not together with the parsed requests. More clients would also kill the server's own threads. */
    private static final int FEW_CLIENTS = 8;

    private static final int MANY_CLIENTS = 24;
    private static final int ROUNDS = 10;
    private static final int SERVERS = 5;
    private static final String TOMCAT_THREAD_ENDED = "Exception in thread \"http-nio";
    private static final int BODY_BYTES = 8 << 20;
    private static final List<Surface> SURFACES = List.of(Surface.values());
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

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
            for (Surface surface : SURFACES) {
                SurfaceClient client = surface.client(server.client(GatewayFixture.KEY));
                assertStreamsATurn(client);
                assertSendsPings(client);
                assertDetectsDisconnect(client, upstream);
            }
            Surface.forAll(surface -> assertTimesOut(surface.client(server.client(GatewayFixture.KEY))));
            assertThat(server.client("").get("/health/ready").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TOMCAT_10_1", "JETTY_12_0"})
    void theDefaultLimitsPreventAnOutOfMemoryError(Distribution distribution) throws Exception {
        try (FakeUpstream upstream = upstream();
                Distribution.RunningServer server = start(distribution, upstream, "")) {
            List<Reply> replies = load(server.url(), Surface.CHAT, MANY_CLIENTS);

            assertThat(replies).extracting(Reply::status).isSubsetOf(200, 503);
            assertThat(replies)
                    .filteredOn(reply -> reply.status() == 503)
                    .isNotEmpty()
                    .allSatisfy(reply -> assertThat(reply.body()).contains("\"overloaded\""));
            assertThat(outOfMemory(server)).isFalse();
            upstream.awaitIdle();
            assertStreamsATurn(Surface.CHAT.client(server.client(GatewayFixture.KEY)));
        }
    }

    /**
     * Starts a server and exhausts its memory; another one if the error has ended a thread of Tomcat that waits for all connections. The
     * gateway can protect only its own threads.
     */
    private static Distribution.RunningServer startAndExhaustMemory(Distribution distribution, FakeUpstream upstream)
            throws IOException {
        for (int attempt = 1; ; attempt++) {
            Distribution.RunningServer server = start(distribution, upstream, "limits: { bodies: 9999MiB }");
            for (int round = 0; round < ROUNDS && !outOfMemory(server); round++) {
                load(server.url(), Surface.CHAT, FEW_CLIENTS);
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
                request.text().length() > BODY_BYTES
                        ? Script.answer("Large.")
                        : StepScripts.threeStepsThenAnswer("It is 42.")[steps.getAndIncrement() % 4];
        });
    }

    private static boolean outOfMemory(Distribution.RunningServer server) throws IOException {
        return server.output().contains("OutOfMemoryError");
    }

    /** Sends the large requests concurrently, and waits for all replies. */
    private static List<Reply> load(URI url, Surface surface, int clients) {
        String body = surface.body(Question.withoutReasoning("x".repeat(BODY_BYTES)), false);
        HttpRequest request = HttpRequest.newBuilder(url.resolve(surface.path()))
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + GatewayFixture.KEY)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        List<CompletableFuture<Reply>> replies = IntStream.range(0, clients)
                .mapToObj(client -> HTTP.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                        .handle((response, failure) ->
                                failure == null ? new Reply(response.statusCode(), response.body()) : new Reply(0, "")))
                .toList();
        return replies.stream().map(CompletableFuture::join).toList();
    }

    private static void assertStreamsATurn(SurfaceClient client) {
        try (SurfaceStream stream = client.stream(Question.of("What is it?"))) {
            SurfaceStream.Rest answer = stream.rest();
            assertThat(answer.reasoning())
                    .startsWith(client.surface().step(1, "First", "one"))
                    .endsWith(client.surface().step(3, "Third", "three"));
            assertThat(answer.content()).isEqualTo("It is 42.");
            assertThat(answer.end()).isEqualTo(SurfaceEvent.Kind.COMPLETED);
        }
    }

    private static void assertSendsPings(SurfaceClient client) throws Exception {
        SurfaceStream stream = client.stream(Question.withoutReasoning("wait"));
        CompletableFuture<?> reading;
        try (stream) {
            assertThat(stream.nextText().text()).isEqualTo("It is");
            reading = CompletableFuture.runAsync(stream::next);
            await().atMost(Duration.ofSeconds(15)).until(() -> stream.comments().size() >= 2);
            assertThat(stream.comments()).containsOnly(": ping");
        }
        reading.handle((end, failure) -> "closed").get(10, TimeUnit.SECONDS);
    }

    private static void assertTimesOut(SurfaceClient client) {
        client.post(Question.withoutReasoning("silence")).assertFails(504, "upstream_timeout");
    }

    private static void assertDetectsDisconnect(SurfaceClient client, FakeUpstream upstream) {
        int aborted = upstream.abortedCalls();
        try (SurfaceStream stream = client.stream(Question.withoutReasoning("wait"))) {
            assertThat(stream.nextText().text()).isEqualTo("It is");
        }
        upstream.awaitAborted(aborted + 1);
    }
}
