package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.Event;
import org.o1api.testing.Distribution;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.Stage;
import org.o1api.testing.Steps;

/** The packed WAR in the servers as people install them. */
class DistributionIT {
    @ParameterizedTest
    @EnumSource
    void answersAStreamedTurnAndStopsCleanly(Distribution distribution) throws IOException {
        try (FakeUpstream upstream = FakeUpstream.playing(Steps.thenAnswer("It is 42."));
                Distribution.Running server = distribution.start("api_bearer_token: " + Stage.KEY
                        + "\nmodel_provider_api_key: " + Stage.PROVIDER_KEY + "\ndefault_api_url: " + upstream.url()
                        + "\ndefault_model: fake-model\nstream_status_feedback: true\n")) {
            try (ChatClient.Stream stream = server.client(Stage.KEY).ask("What is it?")) {
                List<Event> events = stream.rest();
                assertThat(ChatClient.reasoning(events)).isEqualTo(Steps.SHOWN);
                assertThat(ChatClient.content(events)).isEqualTo("It is 42.");
                assertThat(events.get(events.size() - 1).done()).isTrue();
            }
            assertThat(server.client("")
                            .get("/nothing")
                            .json()
                            .at("/error/code")
                            .asText())
                    .isEqualTo("invalid_api_key");

            server.stop();

            assertThat(server.said())
                    .contains("config: ")
                    .doesNotContain("SEVERE", "memory leak", "Exception", Stage.KEY, Stage.PROVIDER_KEY)
                    .doesNotContainPattern("\\d WARNING \\[|:WARN "); // the JVM's own begin their line
        }
    }

    @ParameterizedTest
    @EnumSource
    void letsAStreamEndByAnErrorWhenTheGraceIsOver(Distribution distribution) throws Exception {
        try (FakeUpstream upstream = FakeUpstream.playing(
                        exchange -> exchange.stream().text("It is").awaitClientLeft());
                Distribution.Running server =
                        distribution.start("api_bearer_token: " + Stage.KEY + "\ndefault_api_url: " + upstream.url()
                                + "\ndefault_model: fake-model\nshutdown_grace: 500ms\n");
                ChatClient.Stream stream =
                        server.client(Stage.KEY).ask("What is it?", "\"reasoning_effort\": \"none\"")) {
            assertThat(stream.nextText().content()).isEqualTo("It is");

            CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::stop);

            assertThat(stream.rest())
                    .extracting(event ->
                            event.name() + " " + event.json().at("/error/code").asText())
                    .containsExactly("error shutting_down");
            stopped.get(60, TimeUnit.SECONDS);
        }
    }

    /** The servers look for changes every second (Jetty) or ten (Tomcat). */
    @ParameterizedTest
    @EnumSource
    void letsAStreamEndByAnErrorWhenItsWarIsTakenAway(Distribution distribution) throws Exception {
        try (FakeUpstream upstream = FakeUpstream.playing(
                        exchange -> exchange.stream().text("It is").awaitClientLeft());
                Distribution.Running server =
                        distribution.start("api_bearer_token: " + Stage.KEY + "\ndefault_api_url: " + upstream.url()
                                + "\ndefault_model: fake-model\nshutdown_grace: 500ms\n");
                ChatClient.Stream stream =
                        server.client(Stage.KEY).ask("What is it?", "\"reasoning_effort\": \"none\"")) {
            assertThat(stream.nextText().content()).isEqualTo("It is");

            server.undeploy();

            assertThat(stream.rest())
                    .extracting(event ->
                            event.name() + " " + event.json().at("/error/code").asText())
                    .containsExactly("error shutting_down");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> server.client("").get("/health/ready").status() == 404);
            assertThat(server.said()).doesNotContain("memory leak", "failed to stop");
        }
    }
}
