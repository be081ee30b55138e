package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.o1api.testing.ChatClient;
import org.o1api.testing.Container;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.RunningGateway;
import org.o1api.testing.Script;

/** Turns in flight when Tomcat stops one of several web applications. */
@Tag("alone")
class UndeployIT {
    @Test
    void endsOnlyTheStreamsOfTheStoppedApplication() throws Exception {
        try (FakeUpstream upstream = FakeUpstream.dispatching(
                        request -> request.lastMessage().equals("wait")
                                ? exchange -> exchange.stream().text("It").awaitDisconnect()
                                : Script.answer("Yes."));
                RunningGateway other = gateway(upstream)) {
            RunningGateway one = gateway(upstream);
            try (ChatClient.Stream stream =
                    one.client(GatewayFixture.KEY).streamQuestion("wait", "\"reasoning_effort\": \"none\"")) {
                assertThat(stream.nextText().content()).isEqualTo("It");
                CompletableFuture<Void> stopped = CompletableFuture.runAsync(one::close);
                assertThat(stream.remainingEvents())
                        .extracting(event -> event.name() + " "
                                + event.json().at("/error/code").asText())
                        .containsExactly("error shutting_down");
                stopped.get(60, TimeUnit.SECONDS);
            }
            assertThat(other.client("").get("/health/ready").status()).isEqualTo(200);
            assertThat(other.client(GatewayFixture.KEY)
                            .postQuestion("?", "\"reasoning_effort\": \"none\"")
                            .content())
                    .isEqualTo("Yes.");
        }
    }

    private static RunningGateway gateway(FakeUpstream upstream) {
        return Container.TOMCAT.start("api_bearer_token: " + GatewayFixture.KEY + "\ndefault_api_url: " + upstream.url()
                + "\ndefault_model: fake-model\nshutdown_grace: 500ms\n");
    }
}
