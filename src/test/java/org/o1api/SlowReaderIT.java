package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.Question;
import org.o1api.testing.RawRequest;
import org.o1api.testing.Script;
import org.o1api.testing.Surface;

/** Clients that stop reading. */
@Tag("alone")
class SlowReaderIT {
    private static final String WORDS = "word ".repeat(3000);
    private static final long MAX_BUFFERED = 32L << 20;

    @InContainers(config = "write_timeout: 500ms")
    void abortsAClientThatStopsReadingAndBuffersLittle(GatewayFixture fixture, Surface surface) throws Exception {
        AtomicLong sentBytes = new AtomicLong();
        fixture.script(exchange -> {
            exchange.stream();
            while (sentBytes.get() < 2 * MAX_BUFFERED) { // the write fails after the gateway has closed the connection
                exchange.text(WORDS);
                sentBytes.addAndGet(WORDS.length());
            }
        });
        URI url = fixture.gateway().url();
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4096);
            socket.connect(new InetSocketAddress(url.getHost(), url.getPort()));
            socket.getOutputStream().write(RawRequest.bytes(url, surface, true));

            fixture.awaitAborted(Duration.ofSeconds(10));
            assertThat(sentBytes.get()).isLessThan(MAX_BUFFERED);
        }

        fixture.script(Script.answer("Yes."));
        assertThat(surface.client(fixture).post(Question.withoutReasoning("?")).content())
                .isEqualTo("Yes.");
    }
}
