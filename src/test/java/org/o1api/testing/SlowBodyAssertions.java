package org.o1api.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/** Assertions about clients with slow request bodies, for any server. */
public final class SlowBodyAssertions {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private SlowBodyAssertions() {}

    /** Without an API key, each client gets its error without sending its body, and other clients are served meanwhile. */
    public static void assertRejectedWithoutKey(URI url, SlowRequest request) throws IOException {
        try (SlowClients clients = SlowClients.connect(url, request, "")) {
            assertIsAlive(url);
            assertThat(clients.statuses()).containsExactly(request.statusWithoutKey());
            clients.sendByte();
            assertIsAlive(url);
            clients.sendByte();
            assertIsAlive(url);
        }
    }

    /** With an API key, the gateway waits for the bodies, and other clients are served meanwhile. */
    public static void assertAwaitedWithoutBlockingThreads(URI url, SlowRequest request) throws IOException {
        try (SlowClients clients = SlowClients.connect(url, request, GatewayFixture.KEY)) {
            assertIsAlive(url);
            clients.sendByte();
            assertIsAlive(url);
            clients.sendByte();
            assertIsAlive(url);
        }
    }

    private static void assertIsAlive(URI url) {
        assertThat(new ChatClient(url, "")
                        .send("/health/live", get -> get.timeout(TIMEOUT))
                        .status())
                .isEqualTo(200);
    }
}
