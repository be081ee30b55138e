package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.o1api.testing.InContainers;
import org.o1api.testing.Script;
import org.o1api.testing.Stage;

/** Streams of two callers side by side, while others break theirs off: none is cut, and none gets a word of another's. */
class IsolationIT {
    private static final int STREAMS = Integer.getInteger("o1api.isolation.streams", 5000);
    private static final int READERS = 8;
    private static final int LEAVERS = 4;
    private static final String SECOND_KEY = "sk-second-4712";
    private static final ObjectMapper JSON = new ObjectMapper();

    @InContainers(config = {"api_keys: [{ name: second, key: " + SECOND_KEY + " }]", "shutdown_grace: 1s"})
    void keepsEachStreamWholeAndItsOwn(Stage stage) throws Exception {
        stage.decides(request -> Script.answer(echo(request.lastMessage())));
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger left = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(READERS + LEAVERS);
        try {
            List<Future<Integer>> readers = new ArrayList<>();
            List<Future<Integer>> leavers = new ArrayList<>();
            for (int i = 0; i < LEAVERS; i++) {
                Random random = new Random(i);
                leavers.add(threads.submit(leaving(stage.gateway().url(), over, left, random)));
            }
            AtomicInteger next = new AtomicInteger();
            for (int i = 0; i < READERS; i++) {
                readers.add(threads.submit(reading(stage.gateway().url(), i % 2 == 0 ? Stage.KEY : SECOND_KEY, next)));
            }
            int whole = 0;
            for (Future<Integer> reader : readers) {
                whole += reader.get();
            }
            over.set(true);
            for (Future<Integer> leaver : leavers) {
                leaver.get();
            }
            assertThat(whole).isEqualTo(STREAMS);
            assertThat(left).hasPositiveValue();
        } finally {
            over.set(true);
            threads.shutdownNow();
        }
    }

    private static String echo(String canary) {
        return (canary + " ").repeat(20).strip();
    }

    private static Callable<Integer> reading(URI gateway, String key, AtomicInteger next) {
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        return () -> {
            int whole = 0;
            for (int number = next.getAndIncrement(); number < STREAMS; number = next.getAndIncrement()) {
                String canary = "canary-" + key + "-" + number;
                HttpRequest request = HttpRequest.newBuilder(gateway.resolve("/v1/chat/completions"))
                        .header("Authorization", "Bearer " + key)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body(canary)))
                        .build();
                HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
                assertThat(response.statusCode()).isEqualTo(200);
                assertThat(text(response.body())).isEqualTo(echo(canary));
                whole++;
            }
            return whole;
        };
    }

    /** The text of a stream whose framing is right to the last byte. */
    private static String text(String stream) throws IOException {
        assertThat(stream).endsWith("data: [DONE]\n\n");
        StringBuilder text = new StringBuilder();
        for (String event : stream.split("\n\n", -1)) {
            if (!event.isEmpty() && !event.equals("data: [DONE]")) {
                String data = event.replaceAll("(?m)^: ping\n", "");
                assertThat(data).startsWith("data: {");
                text.append(JSON.readTree(data.substring(6))
                        .at("/choices/0/delta/content")
                        .asText());
            }
        }
        return text.toString();
    }

    private static Callable<Integer> leaving(URI gateway, AtomicBoolean over, AtomicInteger left, Random random) {
        return () -> {
            byte[] body = body("nobody reads this").getBytes(StandardCharsets.US_ASCII);
            while (!over.get()) {
                try (Socket socket = new Socket(gateway.getHost(), gateway.getPort())) {
                    socket.setSoTimeout(10_000);
                    socket.getOutputStream()
                            .write(("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                                            + Stage.KEY + "\r\nContent-Type: application/json\r\nContent-Length: "
                                            + body.length + "\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
                    socket.getOutputStream().write(body);
                    socket.getInputStream().readNBytes(random.nextInt(800));
                    if (random.nextBoolean()) {
                        socket.setSoLinger(true, 0);
                    }
                }
                left.incrementAndGet();
            }
            return left.get();
        };
    }

    private static String body(String canary) {
        return "{\"stream\": true, \"reasoning_effort\": \"none\", \"messages\": [{\"role\": \"user\", \"content\": \""
                + canary + "\"}]}";
    }
}
