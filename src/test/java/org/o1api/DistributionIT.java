package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.Event;
import org.o1api.testing.ChatClient.JsonResponse;
import org.o1api.testing.Distribution;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.Installation;
import org.o1api.testing.Script;
import org.o1api.testing.SlowBodyAssertions;
import org.o1api.testing.SlowRequest;
import org.o1api.testing.StepScripts;
import org.o1api.testing.Surface;

/** The packed WAR in the supported server distributions. The tests of one installation share a server. */
@Tag("alone")
@Tag("slow")
@ParameterizedClass
@MethodSource("servers")
class DistributionIT {
    private static final String NO_REASONING = "\"reasoning_effort\": \"none\"";

    private final Server server;

    DistributionIT(Server server) {
        this.server = server;
    }

    static Stream<Server> servers() {
        return Installation.all().map(Server::new);
    }

    /** A server with its upstream, started at the first use and closed by JUnit after the last test. */
    private static final class Server implements AutoCloseable {
        private final Installation installation;
        private final AtomicInteger calls = new AtomicInteger();
        private final FakeUpstream upstream = FakeUpstream.dispatching(this::script);
        private Distribution.@Nullable RunningServer running;

        Server(Installation installation) {
            this.installation = installation;
        }

        private Script script(FakeUpstream.Request request) {
            if (request.lastMessage().equals("wait")) {
                return exchange -> exchange.stream().text("It is").awaitDisconnect();
            }
            return StepScripts.threeStepsThenAnswer("It is 42.")[calls.getAndIncrement() % 4];
        }

        Distribution.RunningServer running() throws IOException {
            if (running == null) {
                running = installation.start("api_bearer_token: " + GatewayFixture.KEY + "\nmodel_provider_api_key: "
                        + GatewayFixture.PROVIDER_KEY + "\ndefault_api_url: " + upstream.url()
                        + "\ndefault_model: fake-model\nstream_status_feedback: true\n");
            }
            return running;
        }

        @Override
        public void close() {
            if (running != null) {
                running.close();
            }
            upstream.close();
        }

        @Override
        public String toString() {
            return installation.toString();
        }
    }

    private ChatClient client(String key) throws IOException {
        return server.running().client(key);
    }

    @Test
    void streamsATurn() throws IOException {
        try (ChatClient.Stream stream = client(GatewayFixture.KEY).streamQuestion("What is it?")) {
            List<Event> events = stream.remainingEvents();
            assertThat(ChatClient.reasoning(events)).isEqualTo(StepScripts.THREE_STEPS_TEXT);
            assertThat(ChatClient.content(events)).isEqualTo("It is 42.");
            assertThat(events.get(events.size() - 1).isDone()).isTrue();
        }
    }

    @Test
    void cancelsTheProviderCallWhenTheClientDisconnects() throws IOException {
        int aborted = server.upstream.abortedCalls();
        try (ChatClient.Stream stream = client(GatewayFixture.KEY).streamQuestion("wait", NO_REASONING)) {
            assertThat(stream.nextText().content()).isEqualTo("It is");
        }
        server.upstream.awaitAborted(aborted + 1);
    }

    /** Also under a context path: its URLs are relative. */
    @Test
    void servesThePage() throws IOException, InterruptedException {
        HttpClient browser = HttpClient.newHttpClient();
        URI url = URI.create(server.running().url() + "/");
        String page = browser.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString())
                .body();
        assertThat(page).contains("<title>O1-API</title>");

        URI module = url.resolve(page.replaceAll("(?s).*type=\"module\" src=\"([^\"]*)\".*", "$1"));
        assertThat(browser.send(HttpRequest.newBuilder(module).build(), BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void rejectsABadKey() throws IOException {
        assertInvalidKey(client("").get("/nothing"));
        assertInvalidKey(client("").get("/v1/models"));
        assertInvalidKey(client("sk-unknown").postQuestion("?"));
    }

    private static void assertInvalidKey(JsonResponse answer) {
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.json().at("/error/code").asText()).isEqualTo("invalid_api_key");
        assertThat(answer.header("x-request-id")).isNotBlank();
    }

    @Test
    void answersUnknownPathsWithJson() throws IOException {
        JsonResponse answer = client(GatewayFixture.KEY).get("/nothing");
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.json().at("/error/code").asText()).isEqualTo("unknown_url");
        assertThat(answer.header("x-request-id")).isNotBlank();
    }

    @Test
    void slowBodiesWithoutAKeyDoNotBlockOthers() throws IOException {
        Stream<SlowRequest> requests = server.installation.isRoot() ? SlowRequest.all() : SlowRequest.onePerFraming();
        for (SlowRequest request : requests.toList()) {
            SlowBodyAssertions.assertRejectedWithoutKey(server.running().url(), request);
        }
    }

    @Test
    void slowBodiesWithAKeyDoNotBlockOthers() throws IOException {
        SlowBodyAssertions.assertAwaitedWithoutBlockingThreads(server.running().url(), SlowRequest.turn(Surface.CHAT));
    }
}
