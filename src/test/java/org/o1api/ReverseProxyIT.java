package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.testing.ChatClient;
import org.o1api.testing.Container;
import org.o1api.testing.FakeExchange;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.ReverseProxy;
import org.o1api.testing.RunningGateway;
import org.o1api.testing.Script;

/** Replies through reverse proxies, configured as the deployment page says. */
@Tag("slow")
class ReverseProxyIT {
    /** {@code -Do1api.silence=60} makes the upstream silent for a minute. */
    private static final int SILENCE_SECONDS = Integer.getInteger("o1api.silence", 4);

    private static final int TIMEOUT_SECONDS = Math.min(5, SILENCE_SECONDS / 2);

    private static final String NO_REASONING = "\"reasoning_effort\": \"none\"";

    private final CountDownLatch proceed = new CountDownLatch(1);
    private FakeUpstream upstream = FakeUpstream.scripted(Script.silence());
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
        upstream = FakeUpstream.scripted(script);
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

    @ParameterizedTest
    @EnumSource
    void keepsASilentStreamAlive(ReverseProxy.Kind kind) {
        try (ChatClient.Stream stream = startProxy(kind, ReverseProxyIT::silence)
                .client(GatewayFixture.KEY)
                .streamQuestion("?", NO_REASONING)) {
            assertThat(stream.nextText().content()).isEqualTo("It");
            assertThat(ChatClient.content(stream.remainingEvents())).isEqualTo(" is.");
        }
    }

    @ParameterizedTest
    @EnumSource
    void keepsASilentReplyAlive(ReverseProxy.Kind kind) {
        ChatClient client = startProxy(kind, ReverseProxyIT::silence).client(GatewayFixture.KEY);
        assertThat(client.postQuestion("?", NO_REASONING).content()).isEqualTo("It is.");
    }

    /** The provider sends a word only after the client has received the previous one. */
    @ParameterizedTest
    @EnumSource
    void forwardsAStreamPieceByPiece(ReverseProxy.Kind kind) {
        Script script = exchange ->
                exchange.stream().text("It").await(proceed).text(" is.").done();
        try (ChatClient.Stream stream =
                startProxy(kind, script).client(GatewayFixture.KEY).streamQuestion("?", NO_REASONING)) {
            assertThat(stream.nextText().content()).isEqualTo("It");
            proceed.countDown();
            assertThat(ChatClient.content(stream.remainingEvents())).isEqualTo(" is.");
        }
    }

    /** A second proxy in front of this one would not see silence either. */
    @ParameterizedTest
    @EnumSource
    void forwardsTheWhiteSpaceBeforeAReply(ReverseProxy.Kind kind) throws IOException {
        ReverseProxy startedProxy = startProxy(
                kind, exchange -> exchange.await(proceed).stream().text("Yes.").done());
        try (Socket client = sendRequest(startedProxy.url(), false)) {
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
    void endsTheTurnWhenTheClientDisconnectsFromAStream(ReverseProxy.Kind kind) throws Exception {
        assertTurnEndsOnDisconnect(kind, true);
    }

    @ParameterizedTest
    @EnumSource
    void endsTheTurnWhenTheClientDisconnectsFromAReply(ReverseProxy.Kind kind) throws Exception {
        assertTurnEndsOnDisconnect(kind, false);
    }

    private void assertTurnEndsOnDisconnect(ReverseProxy.Kind kind, boolean stream) throws Exception {
        CompletableFuture<Void> received = new CompletableFuture<>();
        ReverseProxy startedProxy = startProxy(kind, exchange -> {
            exchange.stream().text("It");
            received.complete(null);
            exchange.awaitDisconnect();
        });
        try (Socket client = sendRequest(startedProxy.url(), stream)) {
            received.get(10, TimeUnit.SECONDS);
            next(client); // the reply has started
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> upstream.abortedCalls() > 0);
        assertThat(upstream.requests()).hasSize(1);
    }

    /** A request that accepts compressed replies, as most clients send it. */
    private static Socket sendRequest(URI url, boolean stream) throws IOException {
        String body = "{" + NO_REASONING + ", \"stream\": " + stream
                + ", \"messages\": [{\"role\": \"user\", \"content\": \"?\"}]}";
        Socket socket = new Socket(url.getHost(), url.getPort());
        socket.setSoTimeout(20_000);
        socket.getOutputStream()
                .write(("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                                + GatewayFixture.KEY
                                + "\r\nAccept-Encoding: gzip, br\r\nContent-Type: application/json\r\nContent-Length: "
                                + body.length() + "\r\n\r\n" + body)
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }
}
