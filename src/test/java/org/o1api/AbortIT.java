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
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.JsonResponse;
import org.o1api.testing.Container;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.RunningGateway;
import org.o1api.testing.Script;
import org.o1api.testing.UnreachableServer;

/** A client that disconnects while its turn is waiting: the turn ends, and no further call is made for it. */
class AbortIT {
    /** One concurrent turn: the next one is admitted after the previous one has ended. */
    private static final String ONE_TURN = "limits: { turns: 1 }";

    private static final String BEGIN_EARLY = "begin_after: 100ms";
    private static final String NO_REASONING = "\"reasoning_effort\": \"none\"";
    private static final Duration LIMIT = Duration.ofSeconds(15);

    @InContainers(config = {ONE_TURN, BEGIN_EARLY})
    void startsNoFurtherStep(GatewayFixture fixture) {
        CountDownLatch disconnected = new CountDownLatch(1);
        fixture.script(exchange -> exchange.stream()
                .text("{\"title\": \"First\", \"content\": \"The first")
                .await(disconnected)
                .text(" word.\", \"next_action\": \"continue\"}")
                .done());
        try (ChatClient.Stream stream = fixture.client().streamQuestion("?")) {
            assertThat(stream.nextText().reasoning()).startsWith("## Step 1");
        }
        // A disconnect is noticed only by writing; the gateway probes a few times a second.
        CompletableFuture.delayedExecutor(400, TimeUnit.MILLISECONDS).execute(disconnected::countDown);

        awaitIdleGateway(fixture, 1);
    }

    @InContainers(config = {ONE_TURN, BEGIN_EARLY})
    void doesNotRetry(GatewayFixture fixture) {
        fixture.script(Script.error(429, "slow", "Retry-After: 8"));
        try (ChatClient.Stream stream = fixture.client().streamQuestion("?", NO_REASONING)) {
            assertThat(stream.next()).isNotNull();
        }

        awaitIdleGateway(fixture, 1);
    }

    @InContainers(config = {"upstream concurrency: 1, queue: 10", BEGIN_EARLY, "limits: { turns: 2 }"})
    void leavesTheUpstreamQueue(GatewayFixture fixture) {
        CountDownLatch enough = new CountDownLatch(1);
        fixture.script(
                exchange ->
                        exchange.stream().text("It").await(enough).text(" is.").done(),
                Script.answer("Yes."));
        try (ChatClient.Stream first = fixture.client().streamQuestion("?", NO_REASONING)) {
            assertThat(first.nextText().content()).isEqualTo("It");
            try (ChatClient.Stream waiting = fixture.client().streamQuestion("?", NO_REASONING)) {
                assertThat(waiting.next()).isNotNull();
            }
            try (ChatClient.Stream third = retryUntilAdmitted(fixture)) {
                enough.countDown();
                assertThat(ChatClient.content(third.remainingEvents())).isEqualTo("Yes.");
            }
            assertThat(ChatClient.content(first.remainingEvents())).isEqualTo(" is.");
        }
        assertThat(fixture.requests()).hasSize(2);
    }

    @InContainers(config = "upstream concurrency: 1")
    void freesTheOnlyConnectionForTheNextTurn(GatewayFixture fixture) {
        fixture.script(exchange -> exchange.stream().text("It").awaitDisconnect(), Script.answer("Yes."));
        try (ChatClient.Stream stream = fixture.client().streamQuestion("?", NO_REASONING)) {
            assertThat(stream.nextText().content()).isEqualTo("It");
        }
        fixture.awaitAborted(LIMIT);

        // Otherwise it would wait for first_token, two minutes, which is longer than the client does.
        assertThat(fixture.client().postQuestion("?", NO_REASONING).content()).isEqualTo("Yes.");
    }

    @ParameterizedTest
    @EnumSource
    void stopsConnecting(Container container) throws IOException {
        try (UnreachableServer server = new UnreachableServer();
                FakeUpstream upstream = FakeUpstream.answering("Yes.");
                RunningGateway gateway = container.start("api_bearer_token: " + GatewayFixture.KEY + "\n" + ONE_TURN
                        + "\nupstreams: { far: { url: \"" + server.url()
                        + "\", timeouts: { connect: 1m } }, near: { url: \"" + upstream.url()
                        + "\" } }\npresets: { far: { upstream: far }, near: { upstream: near } }\n")) {
            ChatClient client = gateway.client(GatewayFixture.KEY);
            try (ChatClient.Stream stream = client.streamQuestion("?", NO_REASONING, "\"model\": \"far\"")) {
                assertThat(stream.status()).isEqualTo(200);
                assertThat(client.postQuestion("?", NO_REASONING, "\"model\": \"near\"")
                                .status())
                        .isEqualTo(503);
            }
            await().atMost(LIMIT) // otherwise it would connect for a minute
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> client.postQuestion("?", NO_REASONING, "\"model\": \"near\"")
                                    .status()
                            == 200);
        }
    }

    /** Waits until the gateway runs no turn, then checks the number of calls that the upstream received. */
    private static void awaitIdleGateway(GatewayFixture fixture, int calls) {
        await().atMost(LIMIT).pollInterval(Duration.ofMillis(50)).until(() -> {
            JsonResponse answer = fixture.client().postQuestion("no script for this", NO_REASONING);
            return !answer.json().at("/error/code").asText().equals("overloaded");
        });
        assertThat(fixture.requests().stream()
                        .filter(request -> !request.lastMessage().equals("no script for this")))
                .hasSize(calls);
    }

    /** Retries until the turn is admitted. */
    private static ChatClient.Stream retryUntilAdmitted(GatewayFixture fixture) {
        return await().atMost(LIMIT)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> fixture.client().streamQuestion("?", NO_REASONING), stream -> {
                    if (stream.status() != 200) {
                        stream.close();
                    }
                    return stream.status() == 200;
                });
    }
}
