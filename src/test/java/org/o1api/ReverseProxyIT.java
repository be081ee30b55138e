package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
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
import org.o1api.testing.RawRequest;
import org.o1api.testing.ReverseProxy;
import org.o1api.testing.RunningGateway;
import org.o1api.testing.Script;
import org.o1api.testing.Surface;
import org.o1api.testing.SurfaceClient;
import org.o1api.testing.SurfaceStream;

/** Replies through reverse proxies, configured as the deployment page says. */
@Tag("alone")
@Tag("slow")
class ReverseProxyIT {
    /** {@code -Do1api.silence=60} makes the upstream silent for a minute. */
    private static final int SILENCE_SECONDS = Integer.getInteger("o1api.silence", 4);

    private static final int TIMEOUT_SECONDS = Math.min(5, SILENCE_SECONDS / 2);

    private static final Question QUESTION = Question.withoutReasoning("?");

    private FakeUpstream upstream = FakeUpstream.dispatching(request -> Script.silence());
    private AutoCloseable gateway = () -> {};
    private AutoCloseable proxy = () -> {};

    @AfterEach
    void close() throws Exception {
        proxy.close();
        gateway.close();
        upstream.close();
    }

    /** A proxy in front of a gateway whose upstream runs a script. */
    private ReverseProxy startProxy(ReverseProxy.Kind kind, Script script) {
        upstream.close();
        upstream = FakeUpstream.dispatching(request -> script);
        RunningGateway started = Container.TOMCAT.start("api_bearer_token: " + GatewayFixture.KEY
                + "\ndefault_model: m\ndefault_api_url: " + upstream.url()
                + "\nheartbeat: 100ms\njson_heartbeat: 100ms\nbegin_after: 100ms\n");
        gateway = started;
        ReverseProxy startedProxy = kind.startInFrontOf(started.url(), TIMEOUT_SECONDS);
        proxy = startedProxy;
        return startedProxy;
    }

    /** Is silent before and after the first word, each time longer than the proxy's timeout. */
    private static void silence(FakeExchange exchange) throws IOException, InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        exchange.stream();
        assertThat(never.await(SILENCE_SECONDS, TimeUnit.SECONDS)).isFalse();
        exchange.text("It");
        assertThat(never.await(SILENCE_SECONDS, TimeUnit.SECONDS)).isFalse();
        exchange.text(" is.").done();
    }

    /** A question on an API, for a stream or for one object. */
    private record Asked(Surface surface, boolean streamed) {}

    @ParameterizedTest
    @EnumSource
    void keepsSilentRepliesAlive(ReverseProxy.Kind kind) {
        ChatClient client = startProxy(kind, ReverseProxyIT::silence).client(GatewayFixture.KEY);
        List<Asked> questions = Stream.of(Surface.values())
                .flatMap(surface -> Stream.of(new Asked(surface, true), new Asked(surface, false)))
                .toList();
        Concurrently.forAll(questions, asked -> {
            SurfaceClient asking = asked.surface().client(client);
            if (asked.streamed()) {
                try (SurfaceStream stream = asking.stream(QUESTION)) {
                    assertThat(stream.nextText().text()).isEqualTo("It");
                    assertThat(stream.rest().content()).isEqualTo(" is.");
                }
            } else {
                assertThat(asking.post(QUESTION).content()).isEqualTo("It is.");
            }
        });
    }

    /** The provider sends a word only after the clients have received the previous one. */
    @ParameterizedTest
    @EnumSource
    void forwardsAStreamPieceByPiece(ReverseProxy.Kind kind) {
        CountDownLatch received = new CountDownLatch(Surface.values().length);
        Script script = exchange ->
                exchange.stream().text("It").await(received).text(" is.").done();
        ChatClient client = startProxy(kind, script).client(GatewayFixture.KEY);
        Surface.forAll(surface -> {
            try (SurfaceStream stream = surface.client(client).stream(QUESTION)) {
                assertThat(stream.nextText().text()).isEqualTo("It");
                received.countDown();
                assertThat(stream.rest().content()).isEqualTo(" is.");
            }
        });
    }

    /** A second proxy in front of this one would not see silence either. */
    @ParameterizedTest
    @EnumSource
    void forwardsTheWhiteSpaceBeforeAReply(ReverseProxy.Kind kind) throws IOException {
        CountDownLatch proceed = new CountDownLatch(1);
        ReverseProxy startedProxy = startProxy(
                kind, exchange -> exchange.await(proceed).stream().text("Yes.").done());
        try (Socket client = sendRequest(startedProxy.url(), Surface.CHAT, false)) {
            StringBuilder read = new StringBuilder();
            while (!read.toString().matches("(?s)HTTP/1.1 200.*\r\n\r\n([0-9a-f]+\r\n +\r\n){3}")) {
                read.append(next(client));
            }
            proceed.countDown();
            while (read.indexOf("\r\n0\r\n\r\n") < 0) {
                read.append(next(client));
            }
            assertThat(read).contains("\"content\":\"Yes.\"").doesNotContainIgnoringCase("content-encoding");
        }
    }

    private static char next(Socket client) throws IOException {
        int c = client.getInputStream().read();
        assertThat(c).as("the connection is open").isNotNegative();
        return (char) c;
    }

    @ParameterizedTest
    @EnumSource
    void endsTheTurnWhenTheClientDisconnects(ReverseProxy.Kind kind) throws Exception {
        int clients = 2 * Surface.values().length;
        CountDownLatch received = new CountDownLatch(clients);
        ReverseProxy startedProxy = startProxy(kind, exchange -> {
            exchange.stream().text("It");
            received.countDown();
            exchange.awaitDisconnect();
        });
        List<Socket> sockets = new ArrayList<>();
        for (Surface surface : Surface.values()) {
            sockets.add(sendRequest(startedProxy.url(), surface, true));
            sockets.add(sendRequest(startedProxy.url(), surface, false));
        }
        assertThat(received.await(10, TimeUnit.SECONDS)).isTrue();
        for (Socket client : sockets) {
            next(client); // the reply has started
            client.close();
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> upstream.abortedCalls() == clients);
        assertThat(upstream.requests()).hasSize(clients);
    }

    /** A request that accepts compressed replies, as most clients send it. */
    private static Socket sendRequest(URI url, Surface surface, boolean stream) throws IOException {
        return RawRequest.send(url, surface, stream, "Accept-Encoding: gzip, br");
    }
}
