package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.Event;
import org.o1api.testing.FakeExchange;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;

/** When a stream starts, what keeps it alive, and what happens when its client disconnects. */
class StreamingIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final String FIRST_HALF = "{\"title\": \"First\", \"content\": \"The first";
    private static final String SECOND_HALF = " word.\", \"next_action\": \"final_answer\"}";
    private static final String MINIMAL_EFFORT = "\"reasoning_effort\": \"minimal\"";

    @InContainers
    void showsTheFirstWordBeforeTheStepIsComplete(GatewayFixture fixture) {
        CountDownLatch seen = new CountDownLatch(1);
        fixture.script(
                exchange -> exchange.stream()
                        .text(FIRST_HALF)
                        .await(seen)
                        .text(SECOND_HALF)
                        .done(),
                Script.answer("Yes."));

        try (ChatClient.Stream stream = fixture.client().streamQuestion("?", MINIMAL_EFFORT)) {
            String shown = stream.nextText().reasoning();
            while (!shown.contains("The first")) {
                shown += stream.nextText().reasoning();
            }
            assertThat(shown).isEqualTo("## Step 1: First\nThe first");
            seen.countDown();
            assertThat(ChatClient.reasoning(stream.remainingEvents())).isEqualTo(" word.");
        }
    }

    @InContainers
    void showsEachWordOfTheAnswerAtOnce(GatewayFixture fixture) {
        CountDownLatch seen = new CountDownLatch(1);
        fixture.script(exchange ->
                exchange.stream().text("It").await(seen).text(" is.").done());

        try (ChatClient.Stream stream = fixture.client().streamQuestion("?", "\"reasoning_effort\": \"none\"")) {
            assertThat(stream.nextText().content()).isEqualTo("It");
            seen.countDown();
            assertThat(stream.nextText().content()).isEqualTo(" is.");
        }
    }

    @InContainers(config = "begin_after: 30s")
    void startsWhenTheUpstreamAccepts(GatewayFixture fixture) {
        CountDownLatch seen = new CountDownLatch(1);
        fixture.script(exchange -> exchange.stream().await(seen).text("Yes.").done());

        try (ChatClient.Stream stream = fixture.client().streamQuestion("?", "\"reasoning_effort\": \"none\"")) {
            assertThat(stream.next())
                    .isNotNull()
                    .extracting(event -> event.text("role"))
                    .isEqualTo("assistant");
            seen.countDown();
            assertThat(ChatClient.content(stream.remainingEvents())).isEqualTo("Yes.");
        }
    }

    @InContainers
    void startsAfterBeginAfterIfTheUpstreamIsSilent(GatewayFixture fixture) {
        CountDownLatch seen = new CountDownLatch(1);
        fixture.script(exchange -> exchange.await(seen).stream().text("Yes.").done());

        try (ChatClient.Stream stream = fixture.client().streamQuestion("?", "\"reasoning_effort\": \"none\"")) {
            assertThat(stream.next())
                    .isNotNull()
                    .extracting(event -> event.text("role"))
                    .isEqualTo("assistant");
            seen.countDown();
            assertThat(ChatClient.content(stream.remainingEvents())).isEqualTo("Yes.");
        }
    }

    @InContainers
    void sendsAnErrorEventAfterTheStart(GatewayFixture fixture) {
        CountDownLatch started = new CountDownLatch(1);
        fixture.script(exchange -> exchange.await(started).reply(400, "application/json", "{}"));

        try (ChatClient.Stream stream = fixture.client().streamQuestion("?")) {
            assertThat(stream.status()).isEqualTo(200);
            started.countDown();
            assertThat(stream.remainingEvents()).extracting(Event::name).containsExactly("", "error");
        }
    }

    @InContainers
    void sendsPingsWhileTheUpstreamIsSilent(GatewayFixture fixture) throws IOException {
        CountDownLatch seen = new CountDownLatch(1);
        fixture.script(exchange ->
                exchange.stream().text("It").await(seen).text(" is.").done());

        try (Socket socket = sendRequest(fixture)) {
            String head = readUntil(socket, "\"content\":\"It\"");
            String silence = readUntil(socket, ": ping\n: ping\n");
            seen.countDown();
            String rest = readUntil(socket, "[DONE]\n\n");

            assertThat(head).startsWith("HTTP/1.1 200");
            assertThat(silence).endsWith("\n\n: ping\n: ping\n");
            assertThat(rest).contains("\"content\":\" is.\"");
        }
    }

    @InContainers(config = {"stream_status_feedback: false", "begin_after: 200ms", "heartbeat: 100ms"})
    void startsWithAPingWithoutStatusFeedback(GatewayFixture fixture) {
        CountDownLatch seen = new CountDownLatch(1);
        fixture.script(exchange -> exchange.stream().await(seen).text("Yes.").done());

        try (ChatClient.Stream stream = fixture.client().streamQuestion("?", "\"reasoning_effort\": \"none\"")) {
            CompletableFuture<Event> first =
                    CompletableFuture.supplyAsync(() -> java.util.Objects.requireNonNull(stream.next()));
            await().atMost(TIMEOUT).until(() -> stream.comments().size() >= 3);
            assertThat(first).isNotDone();
            seen.countDown();
            assertThat(first.join().text("role")).isEqualTo("assistant");
            assertThat(ChatClient.content(stream.remainingEvents())).isEqualTo("Yes.");
        }
    }

    @InContainers(config = {"stream_status_feedback: false", "begin_after: 200ms", "heartbeat: 100ms"})
    void startsWithTextWithoutStatusFeedback(GatewayFixture fixture) {
        fixture.script(Script.error(400, "no"));
        try (ChatClient.Stream stream = fixture.client().streamQuestion("?")) {
            assertThat(stream.status()).isEqualTo(400);
        }

        fixture.script(StepScripts.threeStepsThenAnswer("Yes."));
        try (ChatClient.Stream stream = fixture.client().streamQuestion("?")) {
            assertThat(stream.next())
                    .isNotNull()
                    .extracting(event -> event.text("role"))
                    .isEqualTo("assistant");
            assertThat(ChatClient.content(stream.remainingEvents())).isEqualTo("Yes.");
        }
    }

    @InContainers
    void cancelsTheCallWhenTheClientDisconnectsWithinAStream(GatewayFixture fixture) throws IOException {
        fixture.script(exchange -> {
            exchange.stream();
            streamEndlessly(exchange);
        });

        Socket socket = sendRequest(fixture);
        readUntil(socket, "\"content\":");
        socket.close();

        fixture.awaitAborted(TIMEOUT);
    }

    /** Sends words until the client disconnects and a write fails. */
    private static void streamEndlessly(FakeExchange exchange) throws IOException, InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        for (int i = 0; i < 2000; i++) {
            exchange.text("word ");
            if (never.await(10, java.util.concurrent.TimeUnit.MILLISECONDS)) {
                throw new IOException("never");
            }
        }
    }

    @InContainers
    void cancelsTheCallWhenTheClientDisconnectsDuringSilence(GatewayFixture fixture) throws IOException {
        fixture.script(exchange -> exchange.stream().text("It").awaitDisconnect());

        Socket socket = sendRequest(fixture);
        readUntil(socket, "\"content\":\"It\"");
        socket.close();

        fixture.awaitAborted(TIMEOUT);
    }

    @InContainers
    void cancelsTheCallWhenTheConnectionIsReset(GatewayFixture fixture) throws IOException {
        fixture.script(exchange -> exchange.stream().text("It").awaitDisconnect());

        Socket socket = sendRequest(fixture);
        readUntil(socket, "\"content\":\"It\"");
        socket.setSoLinger(true, 0);
        socket.close();

        fixture.awaitAborted(TIMEOUT);
    }

    @InContainers
    void cancelsTheCallWhenTheClientDisconnectsBeforeTheFirstText(GatewayFixture fixture) throws IOException {
        fixture.script(Script.silence());

        Socket socket = sendRequest(fixture);
        await().atMost(TIMEOUT).until(() -> fixture.requests().size() == 1);
        socket.close();

        fixture.awaitAborted(TIMEOUT);
    }

    @InContainers
    void servesTheNextRequestAfterADisconnect(GatewayFixture fixture) throws IOException {
        fixture.script(Script.silence());
        Socket socket = sendRequest(fixture);
        await().atMost(TIMEOUT).until(() -> fixture.requests().size() == 1);
        socket.close();
        fixture.awaitAborted(TIMEOUT);

        fixture.script(StepScripts.threeStepsThenAnswer("Yes."));
        assertThat(fixture.client().postQuestion("?").content()).isEqualTo("Yes.");
    }

    /** A raw client that controls how it disconnects. It requests a stream without steps. */
    private static Socket sendRequest(GatewayFixture fixture) throws IOException {
        URI url = fixture.gateway().url();
        String body = "{\"stream\": true, \"reasoning_effort\": \"none\","
                + " \"messages\": [{\"role\": \"user\", \"content\": \"?\"}]}";
        Socket socket = new Socket(url.getHost(), url.getPort());
        socket.setSoTimeout(10_000);
        socket.getOutputStream()
                .write(("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                                + GatewayFixture.KEY
                                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
                                + body)
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Reads until the text has arrived; removes the framing of the chunked encoding. */
    private static String readUntil(Socket socket, String text) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder read = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            read.append((char) c);
            String plain = read.toString().replaceAll("(\r\n)?[0-9a-fA-F]+\r\n", "");
            if (plain.contains(text)) {
                return plain;
            }
        }
        throw new AssertionError("the stream ended before " + text + ": " + read);
    }
}
