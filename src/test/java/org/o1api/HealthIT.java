package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.testing.Container;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.UnreachableServer;

/** Health checks answer even if all other requests are waiting. */
class HealthIT {
    @InContainers
    void reportsReady(GatewayFixture fixture) {
        assertThat(fixture.gateway().client("").get("/health/ready").response().body())
                .isEqualTo("{\"status\":\"ready\"}");
        assertThat(fixture.gateway().client("").get("/health/live").response().body())
                .isEqualTo("{\"status\":\"live\"}");
    }

    /** More conversation requests than a container has threads, and a database that does not answer. */
    @ParameterizedTest
    @EnumSource
    void answersWhileTheDatabaseHangs(Container container) throws IOException {
        try (UnreachableServer database = new UnreachableServer();
                GatewayFixture fixture = GatewayFixture.open(
                        container,
                        List.of("conversations: { url: \"jdbc:postgresql://127.0.0.1:"
                                + database.url().getPort() + "/o1api\" }"),
                        false)) {
            URI url = fixture.gateway().url();
            List<Socket> waiting = new ArrayList<>();
            try {
                for (int i = 0; i < 220; i++) {
                    Socket socket = new Socket(url.getHost(), url.getPort());
                    waiting.add(socket);
                    socket.getOutputStream()
                            .write(("GET /v1/conversations HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                                            + GatewayFixture.KEY + "\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
                }
                assertThat(fixture.gateway().client("").get("/health/live").status())
                        .isEqualTo(200);
                assertThat(fixture.gateway().client("").get("/health/ready").status())
                        .isEqualTo(200);
            } finally {
                for (Socket socket : waiting) {
                    socket.close();
                }
            }
        }
    }
}
