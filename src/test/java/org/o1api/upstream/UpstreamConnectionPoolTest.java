package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A call that is cancelled while it is being connected leaves no open connection. */
class UpstreamConnectionPoolTest {
    private static final Timeout TIMEOUT = Timeout.ofSeconds(10);

    /** When the call is cancelled. Each socket is asked about twice: when it is made, and when it is connected. */
    enum Cancelled {
        /** Before the pool looks at the connection: it creates another one. */
        BEFORE_CONNECTING(0),
        /** When the socket is made, but not connected. */
        BEFORE_CONNECTED(1),
        /** When the socket is connected. */
        CONNECTED(2);

        private final int question;

        Cancelled(int question) {
            this.question = question;
        }
    }

    private final AtomicBoolean cancelled = new AtomicBoolean();
    private final AtomicReference<@Nullable ConnectionEndpoint> endpoint = new AtomicReference<>();
    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        server.setSoTimeout((int) TIMEOUT.toMilliseconds());
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    private void cancel() {
        cancelled.set(true);
        ConnectionEndpoint leased = endpoint.get();
        if (leased != null) {
            leased.close(CloseMode.IMMEDIATE); // as HttpClient does
        }
    }

    private UpstreamConnectionPool pool(Cancelled when) {
        AtomicInteger questions = new AtomicInteger();
        UpstreamSettings settings = new UpstreamSettings(
                "main",
                URI.create("http://127.0.0.1:" + server.getLocalPort()),
                null,
                null,
                UpstreamSettings.Timeouts.DEFAULT,
                UpstreamSettings.Limits.DEFAULT,
                Map.of(),
                null);
        return new UpstreamConnectionPool(
                settings,
                () -> {
                    if (when == Cancelled.BEFORE_CONNECTING) {
                        cancel();
                    }
                },
                () -> {
                    if (questions.incrementAndGet() == when.question) {
                        cancel();
                    }
                    return cancelled.get();
                });
    }

    @ParameterizedTest
    @EnumSource
    void closesTheConnectionOfACallThatIsCancelled(Cancelled when) throws Exception {
        UpstreamConnectionPool pool = pool(when);
        try {
            HttpRoute route = new HttpRoute(new HttpHost("http", "127.0.0.1", server.getLocalPort()));
            ConnectionEndpoint leased = pool.lease("1", route, TIMEOUT, null).get(TIMEOUT);
            endpoint.set(leased);

            assertThatThrownBy(() -> pool.connect(leased, TimeValue.ofSeconds(10), HttpCoreContext.create()))
                    .isInstanceOf(IOException.class);

            if (when == Cancelled.CONNECTED) {
                try (Socket accepted = server.accept()) {
                    accepted.setSoTimeout((int) TIMEOUT.toMilliseconds());
                    assertThat(isClosedByPeer(accepted)).isTrue();
                }
            }
            pool.release(leased, null, TimeValue.ZERO_MILLISECONDS);
            assertThat(pool.getTotalStats().getLeased()).isZero();
        } finally {
            pool.allowClose();
            pool.close(CloseMode.IMMEDIATE);
        }
    }

    private static boolean isClosedByPeer(Socket accepted) throws IOException {
        try {
            return accepted.getInputStream().read() < 0;
        } catch (SocketException e) { // reset
            return true;
        }
    }
}
