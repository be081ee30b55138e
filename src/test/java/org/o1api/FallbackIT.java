package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.Event;
import org.o1api.testing.ChatClient.JsonResponse;
import org.o1api.testing.Container;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.RunningGateway;
import org.o1api.testing.Script;

/** Calls whose upstream is down, busy, or behind an open circuit breaker. */
class FallbackIT {
    private static final String NO_REASONING = "\"reasoning_effort\": \"none\"";

    private static RunningGateway gateway(Container container, FakeUpstream main, String settings, FakeUpstream spare) {
        return container.start(
                "api_bearer_token: " + GatewayFixture.KEY + "\nupstreams: { main: { url: \"" + main.url() + "\", "
                        + settings + " }, spare: { url: \"" + spare.url()
                        + "\" } }\npresets: { thinker: { upstream: [main, spare] } }\n");
    }

    @ParameterizedTest
    @EnumSource
    void usesTheNextUpstreamIfOneCannotStart(Container container) throws IOException {
        Map<String, Script> faults = Map.of(
                "down", Script.error(500, "no"),
                "unavailable", Script.error(503, "no"),
                "gone", Script.reset(),
                "silent", Script.silence(),
                "exhausted", Script.error(429, "slow", "Retry-After: 60"),
                "in want of money", Script.error(402, "pay"),
                "misconfigured", Script.error(401, "who?"),
                "broken", exchange -> exchange.stream().end());
        try (FakeUpstream main = FakeUpstream.dispatching(request -> faults.get(request.lastMessage()));
                FakeUpstream spare = FakeUpstream.dispatching(request -> Script.answer("Yes."));
                RunningGateway gateway = gateway(
                        container,
                        main,
                        "attempts: 1, circuit_breaker: false, timeouts: { first_token: 500ms }",
                        spare)) {
            ChatClient client = gateway.client(GatewayFixture.KEY);
            for (String fault : faults.keySet()) {
                assertThat(client.postQuestion(fault, NO_REASONING).content())
                        .as(fault)
                        .isEqualTo("Yes.");
                try (ChatClient.Stream stream = client.streamQuestion(fault, NO_REASONING)) {
                    assertThat(ChatClient.content(stream.remainingEvents()))
                            .as(fault)
                            .isEqualTo("Yes.");
                }
            }
            // A failure on a reused connection is retried on the same upstream.
            assertThat(main.requests()).hasSizeGreaterThanOrEqualTo(2 * faults.size());
            assertThat(spare.requests()).hasSize(2 * faults.size());
        }
    }

    @ParameterizedTest
    @EnumSource
    void doesNotSwitchUpstreamsWithinAnAnswer(Container container) {
        try (FakeUpstream main = FakeUpstream.dispatching(
                        request -> exchange -> exchange.stream().text("It is").reset());
                FakeUpstream spare = FakeUpstream.dispatching(request -> Script.answer("Yes."));
                RunningGateway gateway = gateway(container, main, "circuit_breaker: false", spare);
                ChatClient.Stream stream = gateway.client(GatewayFixture.KEY).streamQuestion("?", NO_REASONING)) {
            assertThat(stream.remainingEvents()).last().extracting(Event::name).isEqualTo("error");
            assertThat(spare.requests()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void usesTheNextUpstreamIfACircuitBreakerIsOpen(Container container) {
        try (FakeUpstream main = FakeUpstream.dispatching(request -> Script.error(500, "no"));
                FakeUpstream spare = FakeUpstream.dispatching(request -> Script.answer("Yes."));
                RunningGateway gateway = gateway(container, main, "attempts: 1", spare)) {
            for (int i = 0; i < 30; i++) {
                assertThat(gateway.client(GatewayFixture.KEY)
                                .postQuestion("?", NO_REASONING)
                                .content())
                        .isEqualTo("Yes.");
            }
            assertThat(main.requests()).hasSize(20);
        }
    }

    @ParameterizedTest
    @EnumSource
    void pausesCallsToAFailingUpstream(Container container) {
        Script[] current = {Script.error(500, "no")};
        Function<FakeUpstream.Request, Script> now = request -> current[0];
        try (FakeUpstream upstream = FakeUpstream.dispatching(now);
                RunningGateway gateway = container.start("api_bearer_token: " + GatewayFixture.KEY
                        + "\ndefault_model: fake-model\nupstreams: { default: { url: \"" + upstream.url()
                        + "\", attempts: 1 } }\n")) {
            ChatClient client = gateway.client(GatewayFixture.KEY);
            for (int i = 0; i < 20; i++) {
                assertError(client.postQuestion("?", NO_REASONING), 502, "upstream_failed");
            }
            current[0] = Script.answer("Yes.");
            for (int i = 0; i < 10; i++) {
                JsonResponse answer = client.postQuestion("?", NO_REASONING);
                assertError(answer, 503, "upstream_unavailable");
                assertThat(answer.header("Retry-After")).containsPattern("^[1-5]$");
            }
            assertThat(upstream.requests()).hasSize(20);
            await().atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> client.postQuestion("?", NO_REASONING).status() == 200);
            assertThat(upstream.requests().get(20).nanos()
                            - upstream.requests().get(19).nanos())
                    .isGreaterThanOrEqualTo(4_900_000_000L);
        }
    }

    @InContainers(config = "upstream concurrency: 1, queue: 0")
    void rejectsACallIfTheQueueIsFull(GatewayFixture fixture) {
        CountDownLatch end = new CountDownLatch(1);
        fixture.script(
                exchange -> exchange.stream().text("It").await(end).text(" is.").done(), Script.answer("Yes."));
        try (ChatClient.Stream open = fixture.client().streamQuestion("?", NO_REASONING)) {
            assertThat(open.nextText().content()).isEqualTo("It");
            JsonResponse rejected = fixture.client().postQuestion("?", NO_REASONING);
            assertError(rejected, 429, "rate_limit_exceeded");
            assertThat(rejected.header("Retry-After")).isEqualTo("1");
            try (ChatClient.Stream stream = fixture.client().streamQuestion("?", NO_REASONING)) {
                assertThat(stream.status()).isEqualTo(429);
                assertThat(stream.header("Retry-After")).isEqualTo("1");
            }
            end.countDown();
            assertThat(ChatClient.content(open.remainingEvents())).isEqualTo(" is.");
        }
        assertThat(fixture.client().postQuestion("?", NO_REASONING).content()).isEqualTo("Yes.");
    }

    @InContainers(config = "upstream concurrency: 1, timeouts: { first_token: 500ms }")
    void rejectsACallThatWaitsTooLongInTheQueue(GatewayFixture fixture) {
        CountDownLatch end = new CountDownLatch(1);
        fixture.script(
                exchange -> exchange.stream().text("It").await(end).text(" is.").done());
        try (ChatClient.Stream open = fixture.client().streamQuestion("?", NO_REASONING)) {
            assertThat(open.nextText().content()).isEqualTo("It");
            JsonResponse rejected = fixture.client().postQuestion("?", NO_REASONING);
            assertError(rejected, 503, "overloaded");
            assertThat(rejected.header("Retry-After")).isEqualTo("1");
            end.countDown();
            assertThat(ChatClient.content(open.remainingEvents())).isEqualTo(" is.");
        }
    }

    private static void assertError(JsonResponse answer, int status, String code) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.json().at("/error/code").asText()).isEqualTo(code);
    }
}
