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
import org.o1api.testing.InContainers;
import org.o1api.testing.Script;
import org.o1api.testing.Stage;
import org.o1api.testing.StepScripts;

/** When a stream starts, what keeps it alive, and what happens when its client disconnects. */
class StreamingIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final String FIRST_HALF = "{\"title\": \"First\", \"content\": \"The first";
    private static final String SECOND_HALF = " word.\", \"next_action\": \"final_answer\"}";
    private static final String MINIMAL_EFFORT = "\"reasoning_effort\": \"minimal\"";

    @InContainers
    void showsTheFirstWordBeforeTheStepIsComplete(Stage stage) {
        CountDownLatch seen = new CountDownLatch(1);
        stage.play(
                exchange -> exchange.stream()
                        .text(FIRST_HALF)
                        .await(seen)
                        .text(SECOND_HALF)
                        .done(),
                Script.answer("Yes."));

        try (ChatClient.Stream stream = stage.client().streamQuestion("?", MINIMAL_EFFORT)) {
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
    void showsEachWordOfTheAnswerAtOnce(Stage stage) {
        CountDownLatch seen = new CountDownLatch(1);
        stage.play(exchange ->
                exchange.stream().text("It").await(seen).text(" is.").done());

        try (ChatClient.Stream stream = stage.client().streamQuestion("?", "\"reasoning_effort\": \"none\"")) {
            assertThat(stream.nextText().content()).isEqualTo("It");
            seen.countDown();
            assertThat(stream.nextText().content()).isEqualTo(" is.");
        }
    }

    @InContainers(config = "begin_after: 30s")
    void startsWhenTheUpstreamAccepts(Stage stage) {
        CountDownLatch seen = new CountDownLatch(1);
        stage.play(exchange -> exchange.stream().await(seen).text("Yes.").done());

        try (ChatClient.Stream stream = stage.client().streamQuestion("?", "\"reasoning_effort\": \"none\"")) {
            assertThat(stream.next())
                    .isNotNull()
                    .extracting(event -> event.text("role"))
                    .isEqualTo("assistant");
            seen.countDown();
            assertThat(ChatClient.content(stream.remainingEvents())).isEqualTo("Yes.");
        }
    }

    @InContainers
    void startsAfterBeginAfterIfTheUpstreamIsSilent(Stage stage) {
        CountDownLatch seen = new CountDownLatch(1);
        stage.play(exchange -> exchange.await(seen).stream().text("Yes.").done());

        try (ChatClient.Stream stream = stage.client().streamQuestion("?", "\"reasoning_effort\": \"none\"")) {
            assertThat(stream.next())
                    .isNotNull()
                    .extracting(event -> event.text("role"))
                    .isEqualTo("assistant");
            seen.countDown();
            assertThat(ChatClient.content(stream.remainingEvents())).isEqualTo("Yes.");
        }
    }

    @InContainers
    void sendsAnErrorEventAfterTheStart(Stage stage) {
        CountDownLatch started = new CountDownLatch(1);
        stage.play(exchange -> exchange.await(started).reply(400, "application/json", "{}"));

        try (ChatClient.Stream stream = stage.client().streamQuestion("?")) {
            assertThat(stream.status()).isEqualTo(200);
            started.countDown();
            assertThat(stream.remainingEvents()).extracting(Event::name).containsExactly("", "error");
        }
    }

    @InContainers
    void sendsPingsWhileTheUpstreamIsSilent(Stage stage) throws IOException {
        CountDownLatch seen = new CountDownLatch(1);
        stage.play(exchange ->
                exchange.stream().text("It").await(seen).text(" is.").done());

        try (Socket socket = sendRequest(stage)) {
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
    void startsWithAPingWithoutStatusFeedback(Stage stage) {
        CountDownLatch seen = new CountDownLatch(1);
        stage.play(exchange -> exchange.stream().await(seen).text("Yes.").done());

        try (ChatClient.Stream stream = stage.client().streamQuestion("?", "\"reasoning_effort\": \"none\"")) {
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
    void startsWithTextWithoutStatusFeedback(Stage stage) {
        stage.play(Script.error(400, "no"));
        try (ChatClient.Stream stream = stage.client().streamQuestion("?")) {
            assertThat(stream.status()).isEqualTo(400);
        }

        stage.play(StepScripts.threeStepsThenAnswer("Yes."));
        try (ChatClient.Stream stream = stage.client().streamQuestion("?")) {
            assertThat(stream.next())
                    .isNotNull()
                    .extracting(event -> event.text("role"))
                    .isEqualTo("assistant");
            assertThat(ChatClient.content(stream.remainingEvents())).isEqualTo("Yes.");
        }
    }

    @InContainers
    void cancelsTheCallWhenTheClientDisconnectsWithinAStream(Stage stage) throws IOException {
        stage.play(exchange -> {
            exchange.stream();
            streamEndlessly(exchange);
        });

        Socket socket = sendRequest(stage);
        readUntil(socket, "\"content\":");
        socket.close();

        stage.awaitAborted(TIMEOUT);
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
    void cancelsTheCallWhenTheClientDisconnectsDuringSilence(Stage stage) throws IOException {
        stage.play(exchange -> exchange.stream().text("It").awaitDisconnect());

        Socket socket = sendRequest(stage);
        readUntil(socket, "\"content\":\"It\"");
        socket.close();

        stage.awaitAborted(TIMEOUT);
    }

    @InContainers
    void cancelsTheCallWhenTheConnectionIsReset(Stage stage) throws IOException {
        stage.play(exchange -> exchange.stream().text("It").awaitDisconnect());

        Socket socket = sendRequest(stage);
        readUntil(socket, "\"content\":\"It\"");
        socket.setSoLinger(true, 0);
        socket.close();

        stage.awaitAborted(TIMEOUT);
    }

    @InContainers
    void cancelsTheCallWhenTheClientDisconnectsBeforeTheFirstText(Stage stage) throws IOException {
        stage.play(Script.silence());

        Socket socket = sendRequest(stage);
        await().atMost(TIMEOUT).until(() -> stage.requests().size() == 1);
        socket.close();

        stage.awaitAborted(Duration.ofSeconds(3)); // includes begin_after
    }

    @InContainers
    void servesTheNextRequestAfterADisconnect(Stage stage) throws IOException {
        stage.play(Script.silence());
        Socket socket = sendRequest(stage);
        await().atMost(TIMEOUT).until(() -> stage.requests().size() == 1);
        socket.close();
        stage.awaitAborted(Duration.ofSeconds(3));

        stage.play(StepScripts.threeStepsThenAnswer("Yes."));
        assertThat(stage.client().postQuestion("?").content()).isEqualTo("Yes.");
    }

    /** A raw client that controls how it disconnects. It requests a stream without steps. */
    private static Socket sendRequest(Stage stage) throws IOException {
        URI url = stage.gateway().url();
        String body = "{\"stream\": true, \"reasoning_effort\": \"none\","
                + " \"messages\": [{\"role\": \"user\", \"content\": \"?\"}]}";
        Socket socket = new Socket(url.getHost(), url.getPort());
        socket.setSoTimeout(10_000);
        socket.getOutputStream()
                .write(("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + Stage.KEY
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
