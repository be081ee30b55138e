package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.testing.ChatClient;
import org.o1api.testing.Concurrently;
import org.o1api.testing.Container;
import org.o1api.testing.FakeExchange;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.Question;
import org.o1api.testing.RunningGateway;
import org.o1api.testing.Script;
import org.o1api.testing.Surface;
import org.o1api.testing.SurfaceClient;
import org.o1api.testing.SurfaceClient.Answer;
import org.o1api.testing.SurfaceEvent;
import org.o1api.testing.SurfaceStream;
import org.o1api.testing.UnreachableServer;

/** Time limits: each one ends the turn on time, and the error names it. There is one preset for each limit. */
@Tag("alone")
class DeadlineIT {
    private static final String CONFIG = """
            api_bearer_token: %1$s
            upstreams:
              open: { url: "%2$s" }
              connect: { url: "%3$s", attempts: 1, timeouts: { connect: 2s } }
              first_token: { url: "%2$s", timeouts: { first_token: 2s } }
              idle: { url: "%2$s", timeouts: { idle: 2s } }
              call: { url: "%2$s", timeouts: { call: 2s } }
            presets:
              open: { upstream: open }
              connect: { upstream: connect }
              first_token: { upstream: first_token }
              idle: { upstream: idle }
              call: { upstream: call }
              time: { upstream: open, budget: { time: 2s } }
            """;
    private static final Map<String, Script> SCRIPTS = Map.of(
            // Without usage: the gateway's first token count has to load the tokenizer, which takes time as well.
            "answer",
            exchange -> exchange.stream().text("Yes.").finish("stop").done(),
            "silence",
            Script.silence(),
            "half",
            exchange -> exchange.stream().text("It").awaitDisconnect(),
            "endless",
            DeadlineIT::streamEndlessly);

    /** What a script of the provider exceeds. */
    private record Exceeded(String preset, String script, String limit) {}

    private static final List<Exceeded> EXCEEDED = List.of(
            new Exceeded("connect", "silence", "upstreams.*.timeouts.connect"),
            new Exceeded("first_token", "silence", "upstreams.*.timeouts.first_token"),
            new Exceeded("idle", "half", "upstreams.*.timeouts.idle"),
            new Exceeded("call", "endless", "upstreams.*.timeouts.call"),
            new Exceeded("time", "silence", "budget.time"));
    private static final Duration LIMIT = Duration.ofSeconds(2);
    /** The contract allows a tenth; the rest is slack for a busy machine. */
    private static final Duration LATEST_END = LIMIT.plus(LIMIT.dividedBy(10)).plusMillis(500);

    private static void streamEndlessly(FakeExchange exchange) throws IOException, InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        exchange.stream();
        do {
            exchange.text("word ");
        } while (!never.await(20, TimeUnit.MILLISECONDS));
    }

    @ParameterizedTest
    @EnumSource
    void endsTheTurnAndNamesTheExceededLimit(Container container) throws IOException {
        try (UnreachableServer server = new UnreachableServer();
                FakeUpstream upstream = FakeUpstream.dispatching(request -> SCRIPTS.get(request.lastMessage()));
                RunningGateway gateway =
                        container.start(CONFIG.formatted(GatewayFixture.KEY, upstream.url(), server.url()))) {
            ChatClient client = gateway.client(GatewayFixture.KEY);
            Surface.forAll(surface -> assertThat(surface.client(client)
                            .post(question("open", "answer"))
                            .content())
                    .isEqualTo("Yes.")); // warm-up: the first turn is slow

            Concurrently.forAll(EXCEEDED, limit -> assertTimesOut(client, limit));
            Surface.forAll(surface -> assertEndsIncomplete(surface.client(client)));
        }
    }

    private static Question question(String preset, String script) {
        return Question.withoutReasoning(script).withModel(preset);
    }

    private static void assertTimesOut(ChatClient client, Exceeded exceeded) {
        Surface.forAll(surface -> {
            long start = System.nanoTime();
            Answer answer = surface.client(client).post(question(exceeded.preset(), exceeded.script()));
            assertEndsAtTheLimit(exceeded.preset() + " on " + surface, start);
            answer.assertFails(504, "upstream_timeout");
            assertThat(answer.response().response().body()).contains("(" + exceeded.limit() + ")");
        });
    }

    /** If the answer has started when the turn's time is over, it ends incomplete instead of with an error. */
    private static void assertEndsIncomplete(SurfaceClient client) {
        long start = System.nanoTime();
        try (SurfaceStream stream = client.stream(question("time", "endless"))) {
            SurfaceEvent.Kind end = stream.rest().end();
            assertEndsAtTheLimit("time of an answer on " + client.surface(), start);
            assertThat(end).isEqualTo(SurfaceEvent.Kind.INCOMPLETE);
        }
    }

    private static void assertEndsAtTheLimit(String limit, long start) {
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        System.getLogger(DeadlineIT.class.getName())
                .log(System.Logger.Level.INFO, "{0} after {1} ms", limit, took.toMillis());
        assertThat(took).as(limit).isBetween(LIMIT, LATEST_END);
    }
}
