package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.Question;
import org.o1api.testing.RawRequest;
import org.o1api.testing.Script;
import org.o1api.testing.Surface;

/** JSON replies that are kept alive by white space. */
class JsonHeartbeatIT {
    private static final String BEGIN_EARLY = "begin_after: 100ms";
    private static final String HEARTBEAT = "json_heartbeat: 50ms";
    private static final Pattern THREE_HEARTBEATS = Pattern.compile("\r\n\r\n([0-9a-f]+\r\n +\r\n){3}$");
    private static final Pattern END = Pattern.compile("\r\n0\r\n\r\n$");
    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final Question QUESTION = Question.withoutReasoning("?");

    @InContainers(config = {BEGIN_EARLY, HEARTBEAT})
    void sendsWhiteSpaceBeforeTheAnswer(GatewayFixture fixture, Surface surface) throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        fixture.script(exchange -> exchange.await(started).stream().text("Yes.").done());

        try (Socket socket = RawRequest.send(fixture, surface, false)) {
            String begin = readUntil(socket, THREE_HEARTBEATS);
            started.countDown();
            assertThat(begin).startsWith("HTTP/1.1 200").contains("application/json");
            assertThat(readUntil(socket, END)).contains(":\"Yes.\"");
        }
    }

    @InContainers(config = {BEGIN_EARLY, HEARTBEAT})
    void isValidJson(GatewayFixture fixture, Surface surface) {
        CountDownLatch started = new CountDownLatch(1);
        fixture.script(exchange -> exchange.await(started).stream().text("Yes.").done());
        CompletableFuture.delayedExecutor(400, TimeUnit.MILLISECONDS).execute(started::countDown);

        assertThat(surface.client(fixture).post(QUESTION).content()).isEqualTo("Yes.");
    }

    @InContainers(config = {"begin_after: 30s", HEARTBEAT})
    void isAPlainReplyIfItIsReadyInTime(GatewayFixture fixture, Surface surface) {
        fixture.script(Script.answer("Yes."));
        assertThat(surface.client(fixture).post(QUESTION).content()).isEqualTo("Yes.");

        fixture.script(Script.error(400, "no"));
        surface.client(fixture).post(QUESTION).assertFails(400, "upstream_refused");
    }

    /** The provider fails long after a stream would have started. */
    @InContainers(config = {"begin_after: 10ms", "json_heartbeat: 30s"})
    void failsWithAStatusBeforeTheFirstHeartbeat(GatewayFixture fixture, Surface surface) {
        CountDownLatch started = new CountDownLatch(1);
        fixture.script(exchange -> exchange.await(started).reply(400, "application/json", "{}"));
        CompletableFuture.delayedExecutor(400, TimeUnit.MILLISECONDS).execute(started::countDown);

        assertThat(surface.client(fixture).post(QUESTION).status()).isEqualTo(400);
    }

    @InContainers
    void isNotChunkedBeforeTheFirstHeartbeat(GatewayFixture fixture, Surface surface) throws Exception {
        fixture.script(Script.answer("Yes."));

        try (Socket socket = RawRequest.send(fixture, surface, false)) {
            assertThat(readUntil(socket, Pattern.compile("\\}$")))
                    .startsWith("HTTP/1.1 200")
                    .containsIgnoringCase("\r\ncontent-length: ")
                    .contains("\r\n\r\n{\"id\":");
        }
    }

    @InContainers(config = {BEGIN_EARLY, HEARTBEAT})
    void abortsTheConnectionIfItFailsAfterTheStart(GatewayFixture fixture, Surface surface) throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        fixture.script(exchange -> exchange.await(started).reply(400, "application/json", "{}"));

        try (Socket socket = RawRequest.send(fixture, surface, false)) {
            readUntil(socket, THREE_HEARTBEATS);
            started.countDown();
            assertThat(readUntil(socket, END)).doesNotContain("error").doesNotContain("\r\n0\r\n");
        }
    }

    @InContainers(config = {BEGIN_EARLY, HEARTBEAT})
    void cancelsTheCallWhenTheClientDisconnects(GatewayFixture fixture, Surface surface) throws IOException {
        fixture.script(Script.silence());

        Socket socket = RawRequest.send(fixture, surface, false);
        await().atMost(LIMIT).until(() -> fixture.requests().size() == 1);
        socket.close();

        fixture.awaitAborted(LIMIT);
    }

    /** Reads until the pattern is found or the connection ends. */
    private static String readUntil(Socket socket, Pattern pattern) {
        StringBuilder read = new StringBuilder();
        try {
            while (!pattern.matcher(read).find()) {
                int c = socket.getInputStream().read();
                if (c < 0) {
                    break;
                }
                read.append((char) c);
            }
        } catch (SocketException e) {
            // reset by the server
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return read.toString();
    }
}
