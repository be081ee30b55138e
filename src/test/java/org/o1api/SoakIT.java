package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.testing.Container;
import org.o1api.testing.FakeExchange;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.Question;
import org.o1api.testing.RunningGateway;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;
import org.o1api.testing.Surface;

/** Turns for several minutes; clients disconnect from a tenth of them, and a tenth of the calls fail: {@code mvn verify -Psoak}. */
@Tag("alone")
@Tag("soak")
class SoakIT {
    private static final Duration DURATION_PER_CONTAINER =
            Duration.ofSeconds(Integer.getInteger("o1api.soak.seconds", 300));
    private static final int CLIENTS = 12;
    private static final List<Surface> SURFACES = List.of(Surface.values());
    private static final Question QUESTION = Question.of("Sure?");

    /** The resources of the process after a garbage collection. */
    private record Resources(long heap, int threads, long files) {
        static Resources now() {
            for (int i = 0; i < 3; i++) {
                System.gc();
            }
            UnixOperatingSystemMXBean os = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            return new Resources(
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                    ManagementFactory.getThreadMXBean().getThreadCount(),
                    os.getOpenFileDescriptorCount());
        }
    }

    @ParameterizedTest
    @EnumSource
    void retainsNothingAfterManyTurns(Container container, @TempDir Path folder) throws Exception {
        // H2's cache of 2 MiB is full before the first measurement.
        String database = "jdbc:h2:file:" + folder.resolve("conversations") + ";CACHE_SIZE=2048";
        Random faults = new Random(4711);
        try (FakeUpstream upstream = FakeUpstream.discardingRequests(request -> script(request, faults));
                RunningGateway gateway = container.start("api_bearer_token: " + GatewayFixture.KEY
                        + "\ndefault_model: fake-model\nupstreams: { default: { url: \"" + upstream.url()
                        + "\", circuit_breaker: false } }\nconversations: { url: \"" + database + "\" }\n")) {
            long complete = load(gateway.url(), DURATION_PER_CONTAINER.dividedBy(4));
            Resources before = Resources.now();
            complete += load(gateway.url(), DURATION_PER_CONTAINER.dividedBy(4).multipliedBy(3));
            Resources after = Resources.now();

            System.getLogger(SoakIT.class.getName())
                    .log(
                            System.Logger.Level.INFO,
                            "{0}: {1} complete turns; {2} -> {3}",
                            container,
                            complete,
                            before,
                            after);
            assertThat(complete).isGreaterThan(DURATION_PER_CONTAINER.toSeconds());
            assertThat(after.heap()).isLessThan(before.heap() + (8 << 20));
            assertThat(after.threads()).isLessThan(before.threads() + 20);
            assertThat(after.files()).isLessThan(before.files() + 40);
        }
    }

    private static Script script(FakeUpstream.Request request, Random faults) {
        int chance;
        synchronized (faults) {
            chance = faults.nextInt(40);
        }
        return switch (chance) {
            case 0 -> Script.reset();
            case 1 -> Script.error(500, "no");
            case 2 -> exchange -> exchange.stream().text("{\"title\": \"Cut").end();
            case 3 -> SoakIT::junk;
            default ->
                Script.answer(
                        request.asksForJson()
                                ? StepScripts.step("Thought", "So it is " + request.number(), "final_answer")
                                : "It is so.");
        };
    }

    private static void junk(FakeExchange exchange) throws IOException {
        exchange.stream().text("It").event("{nonsense").end();
    }

    /** Returns the number of complete turns. */
    private static long load(URI gateway, Duration time) throws Exception {
        long end = System.nanoTime() + time.toNanos();
        AtomicLong complete = new AtomicLong();
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<Void>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(threads.submit(client(gateway, end, new Random(i), complete)));
            }
            for (Future<Void> client : clients) {
                client.get();
            }
        } finally {
            threads.shutdownNow();
        }
        return complete.get();
    }

    private static Callable<Void> client(URI gateway, long end, Random random, AtomicLong complete) {
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        return () -> {
            while (System.nanoTime() < end) {
                Surface surface = SURFACES.get(random.nextInt(SURFACES.size()));
                HttpRequest request = request(gateway, surface);
                if (random.nextInt(10) == 0) {
                    var response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
                    response.body().readNBytes(random.nextInt(600));
                    response.body().close();
                    continue;
                }
                String body =
                        http.send(request, HttpResponse.BodyHandlers.ofString()).body();
                // Complete, or a reported failure; nothing in between.
                String lastEvent = body.substring(body.lastIndexOf("\n\n", body.length() - 3) + 1);
                boolean done = body.endsWith("\n\n") && lastEvent.contains(surface.endOfStream());
                assertThat(done || body.contains("\"error\":{")).as(body).isTrue();
                complete.addAndGet(done ? 1 : 0);
            }
            return null;
        };
    }

    private static HttpRequest request(URI gateway, Surface surface) {
        return HttpRequest.newBuilder(gateway.resolve(surface.path()))
                .header("Authorization", "Bearer " + GatewayFixture.KEY)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(surface.body(QUESTION, true)))
                .build();
    }
}
