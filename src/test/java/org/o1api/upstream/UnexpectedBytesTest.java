package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.Script;

/** Bytes after a reply are never read as the reply to another call. */
class UnexpectedBytesTest {
    private static final String BODY =
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"First.\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n";
    private static final String WITH_LENGTH = HEAD + "Content-Length: " + BODY.length() + "\r\n\r\n" + BODY;
    private static final String IN_CHUNKS = HEAD + "Transfer-Encoding: chunked\r\n\r\n"
            + Integer.toHexString(BODY.length()) + "\r\n" + BODY + "\r\n0\r\n\r\n";

    private static Stream<String> replies() {
        return Stream.of(WITH_LENGTH, IN_CHUNKS)
                .flatMap(reply -> Stream.of(reply + reply, reply + "unexpected", reply + "\r\n" + reply));
    }

    private final UpstreamFixture fixture = new UpstreamFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @ParameterizedTest
    @MethodSource("replies")
    void closeTheConnection(String bytes) {
        FakeUpstream fake = fixture.fake(
                FakeUpstream.scripted(exchange -> exchange.raw(bytes).end(), Script.answer("Second.")));
        HttpUpstream upstream = fixture.upstream(fake);
        for (String expected : List.of("First.", "Second.")) {
            try (Call call = upstream.open(fixture.request(), fixture.context("caller of " + expected))) {
                assertThat(fixture.text(call)).isEqualTo(expected);
            }
        }
        assertThat(fake.connections()).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("replies")
    void closeTheConnectionEvenIfTheyArriveLate(String bytes) throws InterruptedException {
        String reply = bytes.startsWith(WITH_LENGTH) ? WITH_LENGTH : IN_CHUNKS;
        CountDownLatch read = new CountDownLatch(1);
        CountDownLatch sent = new CountDownLatch(1);
        FakeUpstream fake = fixture.fake(FakeUpstream.scripted(
                exchange -> {
                    exchange.raw(reply).await(read).raw(bytes.substring(reply.length()));
                    sent.countDown();
                },
                Script.answer("Second.")));
        HttpUpstream upstream = fixture.upstream(fake);
        try (Call call = upstream.open(fixture.request(), fixture.context("first"))) {
            assertThat(fixture.text(call)).isEqualTo("First.");
        }
        read.countDown();
        assertThat(sent.await(10, TimeUnit.SECONDS)).isTrue();
        try (Call call = upstream.open(fixture.request(), fixture.context("second"))) {
            assertThat(fixture.text(call)).isEqualTo("Second.");
        }
        assertThat(fake.connections()).isEqualTo(2);
    }
}
