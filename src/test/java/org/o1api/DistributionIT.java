package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.Event;
import org.o1api.testing.Distribution;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.Script;
import org.o1api.testing.Stage;
import org.o1api.testing.Steps;

/** The packed WAR in the servers as people install them. */
class DistributionIT {
    private static final String AT_ONCE = "\"reasoning_effort\": \"none\"";
    private static final int NOT_LET_IN = 0;

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

    @ParameterizedTest
    @EnumSource
    void letsAStreamFinishWithinTheGraceAndTakesNothingNew(Distribution distribution) throws Exception {
        CountDownLatch stopping = new CountDownLatch(1);
        try (FakeUpstream upstream = FakeUpstream.playing(exchange -> exchange.stream()
                        .text("It is")
                        .await(stopping)
                        .text(" 42.")
                        .finish("stop")
                        .done());
                Distribution.Running server =
                        distribution.start("api_bearer_token: " + Stage.KEY + "\ndefault_api_url: " + upstream.url()
                                + "\ndefault_model: fake-model\nshutdown_grace: 8s\n");
                ChatClient.Stream stream = server.client(Stage.KEY).ask("What is it?", AT_ONCE)) {
            assertThat(stream.nextText().content()).isEqualTo("It is");

            CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::stop);
            await().atMost(Duration.ofSeconds(7)).until(() -> readiness(server) != 200); // before the grace is over
            assertThat(readiness(server)).isIn(NOT_LET_IN, 503);
            stopping.countDown();

            List<Event> events = stream.rest();
            assertThat(ChatClient.content(events)).isEqualTo(" 42.");
            assertThat(events.get(events.size() - 1).done()).isTrue();
            stopped.get(60, TimeUnit.SECONDS);
        }
    }

    private static int readiness(Distribution.Running server) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                server.url().resolve("/health/ready").toURL().openConnection();
        connection.setConnectTimeout(1000);
        connection.setReadTimeout(1000);
        try {
            return connection.getResponseCode();
        } catch (SocketException | SocketTimeoutException e) { // a server that stops lets nobody in
            return NOT_LET_IN;
        }
    }

    @ParameterizedTest
    @EnumSource
    void cutsAReplyOfOneJsonTextWhenTheGraceIsOver(Distribution distribution) throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        try (FakeUpstream upstream = FakeUpstream.playing(
                        exchange -> exchange.await(begun).reply(400, "application/json", "{}"), Script.silence());
                Distribution.Running server = distribution.start("api_bearer_token: " + Stage.KEY
                        + "\ndefault_api_url: " + upstream.url() + "\ndefault_model: fake-model\n"
                        + "begin_after: 100ms\njson_heartbeat: 100ms\nshutdown_grace: 1s\n")) {
            try (Socket failing = asking(server)) {
                readToTheFirstBeat(failing);
                begun.countDown();
                assertThat(readToTheEnd(failing).replace("1\r\n", "")).isBlank();
            }
            try (Socket waiting = asking(server)) {
                readToTheFirstBeat(waiting);
                long asked = System.nanoTime();
                CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::stop);
                String rest = readToTheEnd(waiting);
                assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(10));
                assertThat(rest.replaceAll("[01]\r\n", "")).isBlank(); // chunks of one beat, and perhaps the last
                stopped.get(60, TimeUnit.SECONDS);
            }
            assertThat(server.said()).doesNotContain("dispatcher type");
        }
    }

    private static Socket asking(Distribution.Running server) throws IOException {
        String body = "{\"reasoning_effort\": \"none\", \"messages\": [{\"role\": \"user\", \"content\": \"?\"}]}";
        Socket socket = new Socket(server.url().getHost(), server.url().getPort());
        socket.setSoTimeout(60_000);
        socket.getOutputStream()
                .write(("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + Stage.KEY
                                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
                                + body)
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static void readToTheFirstBeat(Socket socket) throws IOException {
        StringBuilder read = new StringBuilder();
        while (!read.toString().endsWith("\r\n\r\n1\r\n \r\n")) {
            int c = socket.getInputStream().read();
            assertThat(c).as(read.toString()).isNotNegative();
            read.append((char) c);
        }
    }

    private static String readToTheEnd(Socket socket) throws IOException {
        StringBuilder read = new StringBuilder();
        try {
            for (int c = socket.getInputStream().read();
                    c >= 0;
                    c = socket.getInputStream().read()) {
                read.append((char) c);
            }
        } catch (SocketException e) {
            // cut
        }
        return read.toString();
    }
}
