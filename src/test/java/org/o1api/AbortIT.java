package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.testing.Container;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.Question;
import org.o1api.testing.RunningGateway;
import org.o1api.testing.Script;
import org.o1api.testing.Surface;
import org.o1api.testing.SurfaceClient;
import org.o1api.testing.SurfaceStream;
import org.o1api.testing.UnreachableServer;

/** A client that disconnects while its turn is waiting: the turn ends, and no further call is made for it. */
class AbortIT {
    /** One concurrent turn: the next one is admitted after the previous one has ended. */
    private static final String ONE_TURN = "limits: { turns: 1 }";

    private static final String BEGIN_EARLY = "begin_after: 100ms";
    private static final Question QUESTION = Question.withoutReasoning("?");
    private static final Duration LIMIT = Duration.ofSeconds(15);

    @InContainers(config = {ONE_TURN, BEGIN_EARLY})
    void startsNoFurtherStep(GatewayFixture fixture, Surface surface) {
        CountDownLatch disconnected = new CountDownLatch(1);
        fixture.script(exchange -> exchange.stream()
                .text("{\"title\": \"First\", \"content\": \"The first")
                .await(disconnected)
                .text(" word.\", \"next_action\": \"continue\"}")
                .done());
        try (SurfaceStream stream = surface.client(fixture).stream(Question.of("?"))) {
            assertThat(surface.step(1, "First", "The first word."))
                    .startsWith(stream.nextText().text());
        }
        // A disconnect is noticed only by writing; the gateway probes a few times a second.
        CompletableFuture.delayedExecutor(400, TimeUnit.MILLISECONDS).execute(disconnected::countDown);

        awaitIdleGateway(fixture, surface, 1);
    }

    @InContainers(config = {ONE_TURN, BEGIN_EARLY})
    void doesNotRetry(GatewayFixture fixture, Surface surface) {
        fixture.script(Script.error(429, "slow", "Retry-After: 8"));
        try (SurfaceStream stream = surface.client(fixture).stream(QUESTION)) {
            stream.awaitStart();
            await().atMost(LIMIT).until(() -> fixture.requests().size() == 1);
        }

        awaitIdleGateway(fixture, surface, 1);
    }

    @InContainers(config = {"upstream concurrency: 1, queue: 10", BEGIN_EARLY, "limits: { turns: 2 }"})
    void leavesTheUpstreamQueue(GatewayFixture fixture, Surface surface) {
        CountDownLatch enough = new CountDownLatch(1);
        fixture.script(
                exchange ->
                        exchange.stream().text("It").await(enough).text(" is.").done(),
                Script.answer("Yes."));
        try (SurfaceStream first = surface.client(fixture).stream(QUESTION)) {
            assertThat(first.nextText().text()).isEqualTo("It");
            try (SurfaceStream waiting = surface.client(fixture).stream(QUESTION)) {
                waiting.awaitStart();
            }
            try (SurfaceStream third = retryUntilAdmitted(fixture, surface)) {
                enough.countDown();
                assertThat(third.rest().content()).isEqualTo("Yes.");
            }
            assertThat(first.rest().content()).isEqualTo(" is.");
        }
        assertThat(fixture.requests()).hasSize(2);
    }

    @InContainers(config = "upstream concurrency: 1")
    void freesTheOnlyConnectionForTheNextTurn(GatewayFixture fixture, Surface surface) {
        fixture.script(exchange -> exchange.stream().text("It").awaitDisconnect(), Script.answer("Yes."));
        try (SurfaceStream stream = surface.client(fixture).stream(QUESTION)) {
            assertThat(stream.nextText().text()).isEqualTo("It");
        }
        fixture.awaitAborted(LIMIT);

        // Otherwise it would wait for first_token, two minutes, which is longer than the client does.
        assertThat(surface.client(fixture).post(QUESTION).content()).isEqualTo("Yes.");
    }

    @ParameterizedTest
    @EnumSource
    void stopsConnecting(Container container) throws IOException {
        try (UnreachableServer server = new UnreachableServer();
                FakeUpstream upstream = FakeUpstream.dispatching(request -> Script.answer("Yes."));
                RunningGateway gateway = container.start("api_bearer_token: " + GatewayFixture.KEY + "\n" + ONE_TURN
                        + "\nupstreams: { far: { url: \"" + server.url()
                        + "\", timeouts: { connect: 1m } }, near: { url: \"" + upstream.url()
                        + "\" } }\npresets: { far: { upstream: far }, near: { upstream: near } }\n")) {
            for (Surface surface : Surface.values()) {
                SurfaceClient client = surface.client(gateway.client(GatewayFixture.KEY));
                Question near = QUESTION.withModel("near");
                try (SurfaceStream stream = client.stream(QUESTION.withModel("far"))) {
                    assertThat(stream.status()).isEqualTo(200);
                    client.post(near).assertFails(503, "overloaded");
                }
                await().atMost(LIMIT) // otherwise it would connect for a minute
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> client.post(near).status() == 200);
            }
        }
    }

    /** Waits until the gateway runs no turn, then checks the number of calls that the upstream received. */
    private static void awaitIdleGateway(GatewayFixture fixture, Surface surface, int calls) {
        await().atMost(LIMIT)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> !surface.client(fixture)
                        .post(Question.withoutReasoning("no script for this"))
                        .isError("overloaded"));
        assertThat(fixture.requests().stream()
                        .filter(request -> !request.lastMessage().equals("no script for this")))
                .hasSize(calls);
    }

    /** Retries until the turn is admitted. */
    private static SurfaceStream retryUntilAdmitted(GatewayFixture fixture, Surface surface) {
        return await().atMost(LIMIT)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> surface.client(fixture).stream(QUESTION), stream -> {
                    if (stream.status() != 200) {
                        stream.close();
                    }
                    return stream.status() == 200;
                });
    }
}
