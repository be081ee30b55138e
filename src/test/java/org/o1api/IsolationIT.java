package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.Script;

/** Concurrent streams of two callers while other clients disconnect: every stream is complete and contains only its own text. */
@Tag("alone")
class IsolationIT {
    private static final int STREAMS = Integer.getInteger("o1api.isolation.streams", 2000);
    /** The number of concurrent streams. */
    private static final int CONCURRENT = 300;

    /** The number of replies that send their first word before any of them sends its second. */
    private static final int INTERLEAVED = 150;

    private static final int DISCONNECTING_CLIENTS = 4;
    private static final String SECOND_KEY = "sk-second-4712";
    private static final ObjectMapper JSON = new ObjectMapper();

    @InContainers(config = {"api_keys: [{ name: second, key: " + SECOND_KEY + " }]", "shutdown_grace: 1s"})
    void deliversEachStreamCompletelyToItsClient(GatewayFixture fixture) throws Exception {
        Interleaved upstream = new Interleaved();
        fixture.dispatch(request -> upstream.answer(request.number(), echo(request.lastMessage())));
        AtomicBoolean finished = new AtomicBoolean();
        AtomicInteger disconnected = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(DISCONNECTING_CLIENTS);
        try {
            List<Future<Integer>> disconnecting = new ArrayList<>();
            for (int i = 0; i < DISCONNECTING_CLIENTS; i++) {
                Random random = new Random(i);
                disconnecting.add(
                        threads.submit(disconnectingClient(fixture.gateway().url(), finished, disconnected, random)));
            }
            readAll(fixture.gateway().url());
            finished.set(true);
            for (Future<Integer> client : disconnecting) {
                client.get();
            }
            assertThat(disconnected).hasPositiveValue();
            assertThat(upstream.maxOpen).hasValueGreaterThanOrEqualTo(INTERLEAVED);
        } finally {
            finished.set(true);
            threads.shutdownNow();
        }
    }

    /** A provider that interleaves many replies: each one waits for others between its words. */
    private static final class Interleaved {
        private final Map<Integer, CountDownLatch> rounds = new ConcurrentHashMap<>();
        private final AtomicInteger open = new AtomicInteger();
        private final AtomicInteger maxOpen = new AtomicInteger();

        Script answer(int number, String text) {
            CountDownLatch round =
                    rounds.computeIfAbsent(number / INTERLEAVED, unused -> new CountDownLatch(INTERLEAVED));
            return exchange -> {
                maxOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
                try {
                    exchange.stream().text("= ");
                    round.countDown();
                    boolean unused = round.await(1, TimeUnit.SECONDS); // the last round may be incomplete
                    exchange.words(text).finish("stop").usage(10, 5).done();
                } finally {
                    open.decrementAndGet();
                }
            };
        }
    }

    private static String echo(String canary) {
        return (canary + " ").repeat(20).strip();
    }

    /** Reads all streams, a limited number at a time. */
    private static void readAll(URI gateway) throws InterruptedException {
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        Semaphore places = new Semaphore(CONCURRENT);
        List<CompletableFuture<Void>> streams = new ArrayList<>();
        for (int number = 0; number < STREAMS; number++) {
            String key = number % 2 == 0 ? GatewayFixture.KEY : SECOND_KEY;
            String canary = "canary-" + key + "-" + number;
            HttpRequest request = HttpRequest.newBuilder(gateway.resolve("/v1/chat/completions"))
                    .header("Authorization", "Bearer " + key)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body(canary)))
                    .build();
            places.acquire();
            streams.add(http.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                    .whenComplete((response, failure) -> places.release())
                    .thenAccept(response -> {
                        assertThat(response.statusCode()).isEqualTo(200);
                        assertThat(text(response.body())).isEqualTo("= " + echo(canary));
                    }));
        }
        streams.forEach(CompletableFuture::join);
    }

    /** Checks the framing of a stream to the last byte, and returns its text. */
    private static String text(String stream) {
        assertThat(stream).endsWith("data: [DONE]\n\n");
        StringBuilder text = new StringBuilder();
        for (String event : stream.split("\n\n", -1)) {
            if (!event.isEmpty() && !event.equals("data: [DONE]")) {
                String data = event.replaceAll("(?m)^: ping\n", "");
                assertThat(data).startsWith("data: {");
                text.append(
                        parsed(data.substring(6)).at("/choices/0/delta/content").asText());
            }
        }
        return text.toString();
    }

    private static JsonNode parsed(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Callable<Integer> disconnectingClient(
            URI gateway, AtomicBoolean finished, AtomicInteger disconnected, Random random) {
        return () -> {
            byte[] body = body("never read").getBytes(StandardCharsets.US_ASCII);
            while (!finished.get()) {
                try (Socket socket = new Socket(gateway.getHost(), gateway.getPort())) {
                    socket.setSoTimeout(10_000);
                    socket.getOutputStream()
                            .write(("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                                            + GatewayFixture.KEY
                                            + "\r\nContent-Type: application/json\r\nContent-Length: "
                                            + body.length + "\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
                    socket.getOutputStream().write(body);
                    socket.getInputStream().readNBytes(random.nextInt(800));
                    if (random.nextBoolean()) {
                        socket.setSoLinger(true, 0);
                    }
                }
                disconnected.incrementAndGet();
            }
            return disconnected.get();
        };
    }

    private static String body(String canary) {
        return "{\"stream\": true, \"reasoning_effort\": \"none\", \"messages\": [{\"role\": \"user\", \"content\": \""
                + canary + "\"}]}";
    }
}
