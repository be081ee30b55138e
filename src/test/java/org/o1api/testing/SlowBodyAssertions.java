package org.o1api.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/** What holds while clients send bodies slowly, whatever the server is. */
public final class SlowBodyAssertions {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private SlowBodyAssertions() {}

    /** Without a key each client gets its error although its body is missing, and others are served meanwhile. */
    public static void assertRejectedWithoutKey(URI url, SlowRequest request) throws IOException {
        try (SlowClients clients = SlowClients.connect(url, request, "")) {
            isAlive(url);
            assertThat(clients.statuses()).containsExactly(request.statusWithoutKey());
            clients.sendByte();
            isAlive(url);
            clients.sendByte();
            isAlive(url);
        }
    }

    /** With a key the bodies are waited for, and others are served meanwhile. */
    public static void assertAwaitedWithoutBlockingThreads(URI url, SlowRequest request) throws IOException {
        try (SlowClients clients = SlowClients.connect(url, request, Stage.KEY)) {
            isAlive(url);
            clients.sendByte();
            isAlive(url);
            clients.sendByte();
            isAlive(url);
        }
    }

    private static void isAlive(URI url) {
        assertThat(new ChatClient(url, "")
                        .send("/health/live", get -> get.timeout(PATIENCE))
                        .status())
                .isEqualTo(200);
    }
}
