package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.o1api.testing.Distribution;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.Installation;
import org.o1api.testing.Question;
import org.o1api.testing.RawRequest;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;
import org.o1api.testing.Surface;
import org.o1api.testing.SurfaceEvent;
import org.o1api.testing.SurfaceStream;

/** Open replies when a server stops or its WAR is deleted. */
@Tag("alone")
@Tag("slow")
class DistributionStopIT {
    private static final Question WAITING = Question.withoutReasoning("stream");
    private static final int NOT_CONNECTED = 0;

    /** Sends two words of a streamed reply and then waits; for a JSON reply it sends nothing. */
    private static Script waiting(FakeUpstream.Request request) {
        return request.lastMessage().equals("stream")
                ? exchange -> exchange.stream().text("It is").awaitDisconnect()
                : Script.silence();
    }

    private static String config(FakeUpstream upstream, String... lines) {
        return "api_bearer_token: " + GatewayFixture.KEY + "\nmodel_provider_api_key: " + GatewayFixture.PROVIDER_KEY
                + "\ndefault_api_url: " + upstream.url() + "\ndefault_model: fake-model\n" + String.join("\n", lines)
                + "\n";
    }

    /** An open stream of each API. */
    private static List<SurfaceStream> openStreams(Distribution.RunningServer server, Question question) {
        return Stream.of(Surface.values())
                .map(surface -> surface.client(server.client(GatewayFixture.KEY)).stream(question))
                .toList();
    }

    private static List<Socket> openReplies(Distribution.RunningServer server) throws IOException {
        List<Socket> replies = new ArrayList<>();
        for (Surface surface : Surface.values()) {
            replies.add(RawRequest.send(server.url(), surface, false));
        }
        return replies;
    }

    @ParameterizedTest
    @EnumSource
    void endsRepliesThatFailAndThoseOpenAfterTheGracePeriod(Distribution distribution) throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        Script failing = exchange -> exchange.await(started).reply(400, "application/json", "{}");
        try (FakeUpstream upstream =
                        FakeUpstream.dispatching(request -> request.number() == 0 ? failing : waiting(request));
                Distribution.RunningServer server = distribution.start(
                        config(upstream, "begin_after: 100ms", "json_heartbeat: 100ms", "shutdown_grace: 1s"))) {
            assertAbortsAJsonReplyThatFails(server, started);

            List<SurfaceStream> streams = openStreams(server, WAITING);
            List<Socket> replies = openReplies(server);
            for (SurfaceStream stream : streams) {
                assertThat(stream.nextText().text()).isEqualTo("It is");
            }
            for (Socket reply : replies) {
                readToFirstHeartbeat(reply);
            }

            CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::stop);

            streams.forEach(DistributionStopIT::assertEndedByShutdown);
            for (Socket reply : replies) {
                assertThat(withoutHeartbeats(readToEnd(reply))).isBlank();
                reply.close();
            }
            stopped.get(60, TimeUnit.SECONDS);
            assertThat(server.output()).doesNotContain("memory leak", "dispatcher type");
        }
    }

    /** Jetty scans for changes every second in this setup, Tomcat every ten seconds. */
    @ParameterizedTest
    @MethodSource("org.o1api.testing.Installation#onePerServer")
    void endsAStreamWhenItsWarIsDeleted(Installation installation) throws Exception {
        try (FakeUpstream upstream = FakeUpstream.dispatching(DistributionStopIT::waiting);
                Distribution.RunningServer server = installation.start(config(upstream, "shutdown_grace: 500ms"))) {
            List<SurfaceStream> streams = openStreams(server, WAITING);
            for (SurfaceStream stream : streams) {
                assertThat(stream.nextText().text()).isEqualTo("It is");
            }

            server.undeploy();

            streams.forEach(DistributionStopIT::assertEndedByShutdown);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> server.client("").get("/health/ready").status() == 404);
            assertThat(server.output()).doesNotContain("memory leak", "failed to stop");
        }
    }

    private static void assertEndedByShutdown(SurfaceStream stream) {
        SurfaceStream.Rest rest = stream.rest();
        rest.assertFailed("shutting_down");
        assertThat(rest.events())
                .filteredOn(event -> event.kind() != SurfaceEvent.Kind.OTHER)
                .hasSize(1);
        stream.close();
    }

    @ParameterizedTest
    @EnumSource
    void finishesAStreamWithinTheGracePeriod(Distribution distribution) throws Exception {
        CountDownLatch stopping = new CountDownLatch(1);
        Script finishing = exchange -> exchange.stream()
                .text("It is")
                .await(stopping)
                .text(" 42.")
                .finish("stop")
                .done();
        Script step = Script.answer(StepScripts.step("First", "one", "final_answer"));
        try (FakeUpstream upstream = FakeUpstream.dispatching(request -> request.asksForJson() ? step : finishing);
                Distribution.RunningServer server =
                        distribution.start(config(upstream, "stream_status_feedback: true", "shutdown_grace: 8s"))) {
            List<SurfaceStream> streams =
                    openStreams(server, Question.of("What is it?").withEffort("minimal"));
            for (SurfaceStream stream : streams) {
                SurfaceEvent text = stream.nextText();
                while (text.kind() == SurfaceEvent.Kind.REASONING) {
                    text = stream.nextText();
                }
                assertThat(text.text()).isEqualTo("It is");
            }

            CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::stop);
            await().atMost(Duration.ofSeconds(7))
                    .until(() -> readiness(server) != 200); // before the end of the grace period
            assertThat(readiness(server)).isIn(NOT_CONNECTED, 503);
            stopping.countDown();

            for (SurfaceStream stream : streams) {
                SurfaceStream.Rest rest = stream.rest();
                assertThat(rest.content()).isEqualTo(" 42.");
                assertThat(rest.end()).isEqualTo(SurfaceEvent.Kind.COMPLETED);
                stream.close();
            }
            stopped.get(60, TimeUnit.SECONDS);
            assertThat(server.output())
                    .contains("config: ")
                    .doesNotContain(
                            "SEVERE", "memory leak", "Exception", GatewayFixture.KEY, GatewayFixture.PROVIDER_KEY)
                    .doesNotContainPattern("\\d WARNING \\[|:WARN "); // the JVM's own warnings start a line
        }
    }

    private static int readiness(Distribution.RunningServer server) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                URI.create(server.url() + "/health/ready").toURL().openConnection();
        connection.setConnectTimeout(1000);
        connection.setReadTimeout(1000);
        try {
            return connection.getResponseCode();
        } catch (SocketException | SocketTimeoutException e) { // a stopping server refuses connections
            return NOT_CONNECTED;
        }
    }

    /** The status has been sent when the provider rejects the call. */
    private static void assertAbortsAJsonReplyThatFails(Distribution.RunningServer server, CountDownLatch started)
            throws IOException {
        try (Socket failing = RawRequest.send(server.url(), Surface.CHAT, false)) {
            readToFirstHeartbeat(failing);
            started.countDown();
            assertThat(readToEnd(failing).replace("1\r\n", "")).isBlank();
        }
    }

    private static void readToFirstHeartbeat(Socket socket) throws IOException {
        StringBuilder read = new StringBuilder();
        while (!read.toString().endsWith("\r\n\r\n1\r\n \r\n")) {
            int c = socket.getInputStream().read();
            assertThat(c).as(read.toString()).isNotNegative();
            read.append((char) c);
        }
    }

    /** The body without heartbeat chunks and without the last chunk, if there is one. */
    private static String withoutHeartbeats(String read) {
        return read.replaceAll("[01]\r\n", "");
    }

    private static String readToEnd(Socket socket) throws IOException {
        StringBuilder read = new StringBuilder();
        try {
            for (int c = socket.getInputStream().read();
                    c >= 0;
                    c = socket.getInputStream().read()) {
                read.append((char) c);
            }
        } catch (SocketException e) {
            // reset by the server
        }
        return read.toString();
    }
}
