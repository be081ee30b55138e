package org.o1api.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import org.o1api.model.Cancellation;
import org.o1api.model.Message;

/** Makes a call to a local socket at startup, which loads and links all classes that a real call needs. */
final class WarmUp {
    private static final System.Logger LOG = System.getLogger(WarmUp.class.getName());
    private static final AtomicBoolean DONE = new AtomicBoolean();
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final String EVENTS = """
            data: {"choices":[{"index":0,"delta":{"content":"warm"},"finish_reason":"stop"}]}

            data: [DONE]

            """;
    private static final String REPLY = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n"
            + Integer.toHexString(EVENTS.length()) + "\r\n" + EVENTS + "\r\n0\r\n\r\n";

    private WarmUp() {}

    /**
     * Initializes a transport, and makes the call once per class loader. A failure must not prevent the startup: only the first
     * call is slower then.
     */
    static void once(Transport transport, ScheduledExecutorService scheduler) {
        try {
            transport.prepare();
            if (DONE.compareAndSet(false, true)) {
                callLocalServer(scheduler);
            }
        } catch (Throwable e) {
            LOG.log(Level.INFO, "warm-up of the upstream client failed; its first call will be slow: {0}", e);
        }
    }

    private static void callLocalServer(ScheduledExecutorService scheduler) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread serverThread = new Thread(() -> answer(server), "upstream-warm-up");
            serverThread.setDaemon(true);
            serverThread.start();
            call(server, scheduler);
        }
    }

    private static void call(ServerSocket server, ScheduledExecutorService scheduler) {
        URI url = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/");
        UpstreamSettings settings = new UpstreamSettings(
                "warm-up",
                url,
                null,
                null,
                new UpstreamSettings.Timeouts(TIMEOUT, TIMEOUT, TIMEOUT, TIMEOUT),
                new UpstreamSettings.Limits(1, 0, 1, Duration.ZERO, false),
                Map.of(),
                null);
        CallRequest request = new CallRequest("none", List.of(Message.user("warm")), Map.of());
        try (HttpUpstream upstream = new HttpUpstream(settings, scheduler);
                Call call = upstream.open(request, new CallContext(new Cancellation()))) {
            call.forEach(delta -> {});
        }
    }

    private static void answer(ServerSocket server) {
        try (Socket socket = server.accept()) {
            InputStream in = socket.getInputStream();
            in.read(new byte[16 * 1024]);
            socket.getOutputStream().write(REPLY.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            while (in.read() >= 0) {} // until the client closes the connection
        } catch (IOException e) {
            // The call fails too, which is logged.
        }
    }
}
