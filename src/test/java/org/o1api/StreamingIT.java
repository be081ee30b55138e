package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.o1api.testing.FakeExchange;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.Question;
import org.o1api.testing.RawRequest;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;
import org.o1api.testing.Surface;
import org.o1api.testing.SurfaceStream;

/** When a stream starts, what keeps it alive, and what happens when its client disconnects. */
class StreamingIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final String FIRST_HALF = "{\"title\": \"First\", \"content\": \"The first";
    private static final String SECOND_HALF = " word.\", \"next_action\": \"final_answer\"}";
    private static final Question STEPS = Question.of("?");
    private static final Question ONE_STEP = STEPS.withEffort("minimal");
    private static final Question NO_STEPS = Question.withoutReasoning("?");

    @InContainers
    void showsTheFirstWordBeforeTheStepIsComplete(GatewayFixture fixture, Surface surface) {
        CountDownLatch seen = new CountDownLatch(1);
        fixture.script(
                exchange -> exchange.stream()
                        .text(FIRST_HALF)
                        .await(seen)
                        .text(SECOND_HALF)
                        .done(),
                Script.answer("Yes."));

        try (SurfaceStream stream = surface.client(fixture).stream(ONE_STEP)) {
            String shown = stream.nextText().text();
            while (!shown.contains("The first")) {
                shown += stream.nextText().text();
            }
            assertThat(shown).isEqualTo(surface.step(1, "First", "The first"));
            seen.countDown();
            assertThat(stream.rest().reasoning()).isEqualTo(" word.");
        }
    }

    @InContainers
    void showsEachWordOfTheAnswerAtOnce(GatewayFixture fixture, Surface surface) {
        CountDownLatch seen = new CountDownLatch(1);
        fixture.script(exchange ->
                exchange.stream().text("It").await(seen).text(" is.").done());

        try (SurfaceStream stream = surface.client(fixture).stream(NO_STEPS)) {
            assertThat(stream.nextText().text()).isEqualTo("It");
            seen.countDown();
            assertThat(stream.nextText().text()).isEqualTo(" is.");
        }
    }

    @InContainers(config = "begin_after: 30s")
    void startsWhenTheUpstreamAccepts(GatewayFixture fixture, Surface surface) {
        CountDownLatch seen = new CountDownLatch(1);
        fixture.script(exchange -> exchange.stream().await(seen).text("Yes.").done());

        try (SurfaceStream stream = surface.client(fixture).stream(NO_STEPS)) {
            stream.awaitStart();
            seen.countDown();
            assertThat(stream.rest().content()).isEqualTo("Yes.");
        }
    }

    @InContainers
    void startsAfterBeginAfterIfTheUpstreamIsSilent(GatewayFixture fixture, Surface surface) {
        CountDownLatch seen = new CountDownLatch(1);
        fixture.script(exchange -> exchange.await(seen).stream().text("Yes.").done());

        try (SurfaceStream stream = surface.client(fixture).stream(NO_STEPS)) {
            stream.awaitStart();
            seen.countDown();
            assertThat(stream.rest().content()).isEqualTo("Yes.");
        }
    }

    @InContainers
    void sendsAnErrorEventAfterTheStart(GatewayFixture fixture, Surface surface) {
        CountDownLatch started = new CountDownLatch(1);
        fixture.script(exchange -> exchange.await(started).reply(400, "application/json", "{}"));

        try (SurfaceStream stream = surface.client(fixture).stream(STEPS)) {
            assertThat(stream.status()).isEqualTo(200);
            started.countDown();
            stream.rest().assertFailed("upstream_refused");
        }
    }

    @InContainers
    void sendsPingsWhileTheUpstreamIsSilent(GatewayFixture fixture, Surface surface) throws IOException {
        CountDownLatch seen = new CountDownLatch(1);
        fixture.script(exchange ->
                exchange.stream().text("It").await(seen).text(" is.").done());

        try (Socket socket = RawRequest.send(fixture, surface, true)) {
            String head = readUntil(socket, ":\"It\"");
            String silence = readUntil(socket, surface.heartbeat().repeat(2));
            seen.countDown();
            String rest = readUntil(socket, surface.endOfStream());

            assertThat(head).startsWith("HTTP/1.1 200");
            assertThat(silence).endsWith("\n\n" + surface.heartbeat().repeat(2));
            assertThat(rest).contains(":\" is.\"");
        }
    }

    @InContainers(config = {"stream_status_feedback: false", "begin_after: 200ms", "heartbeat: 100ms"})
    void startsWithAPingWithoutStatusFeedback(GatewayFixture fixture, Surface surface) {
        CountDownLatch seen = new CountDownLatch(1);
        fixture.script(exchange -> exchange.stream().await(seen).text("Yes.").done());

        try (SurfaceStream stream = surface.client(fixture).stream(NO_STEPS)) {
            CompletableFuture<Void> first = CompletableFuture.runAsync(stream::awaitStart);
            await().atMost(TIMEOUT).until(() -> stream.heartbeats() >= 3);
            assertThat(first).isNotDone();
            seen.countDown();
            first.join();
            assertThat(stream.rest().content()).isEqualTo("Yes.");
        }
    }

    @InContainers(config = {"stream_status_feedback: false", "begin_after: 30s"})
    void startsWithTextWithoutStatusFeedback(GatewayFixture fixture, Surface surface) {
        fixture.script(Script.error(400, "no"));
        try (SurfaceStream stream = surface.client(fixture).stream(STEPS)) {
            assertThat(stream.status()).isEqualTo(400);
        }

        fixture.script(StepScripts.threeStepsThenAnswer("Yes."));
        try (SurfaceStream stream = surface.client(fixture).stream(STEPS)) {
            stream.awaitStart();
            assertThat(stream.rest().content()).isEqualTo("Yes.");
        }
    }

    @InContainers
    void cancelsTheCallWhenTheClientDisconnectsWithinAStream(GatewayFixture fixture, Surface surface)
            throws IOException {
        fixture.script(exchange -> {
            exchange.stream();
            streamEndlessly(exchange);
        });

        Socket socket = RawRequest.send(fixture, surface, true);
        readUntil(socket, "word");
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
    void cancelsTheCallWhenTheClientDisconnectsDuringSilence(GatewayFixture fixture, Surface surface)
            throws IOException {
        fixture.script(exchange -> exchange.stream().text("It").awaitDisconnect());

        Socket socket = RawRequest.send(fixture, surface, true);
        readUntil(socket, ":\"It\"");
        socket.close();

        fixture.awaitAborted(TIMEOUT);
    }

    @InContainers
    void cancelsTheCallWhenTheConnectionIsReset(GatewayFixture fixture, Surface surface) throws IOException {
        fixture.script(exchange -> exchange.stream().text("It").awaitDisconnect());

        Socket socket = RawRequest.send(fixture, surface, true);
        readUntil(socket, ":\"It\"");
        socket.setSoLinger(true, 0);
        socket.close();

        fixture.awaitAborted(TIMEOUT);
    }

    @InContainers
    void cancelsTheCallWhenTheClientDisconnectsBeforeTheFirstText(GatewayFixture fixture, Surface surface)
            throws IOException {
        fixture.script(Script.silence());

        Socket socket = RawRequest.send(fixture, surface, true);
        await().atMost(TIMEOUT).until(() -> fixture.requests().size() == 1);
        socket.close();

        fixture.awaitAborted(TIMEOUT);
    }

    @InContainers
    void servesTheNextRequestAfterADisconnect(GatewayFixture fixture, Surface surface) throws IOException {
        fixture.script(Script.silence());
        Socket socket = RawRequest.send(fixture, surface, true);
        await().atMost(TIMEOUT).until(() -> fixture.requests().size() == 1);
        socket.close();
        fixture.awaitAborted(TIMEOUT);

        fixture.script(StepScripts.threeStepsThenAnswer("Yes."));
        assertThat(surface.client(fixture).post(STEPS).content()).isEqualTo("Yes.");
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
