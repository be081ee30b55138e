package org.o1api.testing;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/**
 * A provider that replies as scripted, over real HTTP on its own port.
 *
 * <pre>{@code
 * FakeUpstream.answering("draft", "critique", "final")          // three calls, each streamed word by word
 * FakeUpstream.scripted(Script.reset(), Script.answer("well"))   // the first call fails
 * FakeUpstream.dispatching(request -> request.asksForJson() ? step : answer)
 * FakeUpstream.scripted(exchange -> exchange.stream().text("Hel").await(latch).reset())
 * }</pre>
 */
public final class FakeUpstream implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    /**
     * A received request.
     *
     * @param number the number of the call, from 0
     * @param connection the number of its connection, from 0
     * @param target path and query of the request line
     * @param headers by case-insensitive name
     * @param nanos the {@link System#nanoTime} after it was read
     */
    public record Request(
            int number,
            int connection,
            String method,
            String target,
            Map<String, String> headers,
            String text,
            JsonNode body,
            long nanos) {
        /** The content of the last message. */
        public String lastMessage() {
            JsonNode messages = body.path("messages");
            return messages.path(messages.size() - 1).path("content").asText();
        }

        /** Whether the call requests a JSON object, as step calls do. */
        public boolean asksForJson() {
            return body.path("response_format").path("type").asText().equals("json_object");
        }
    }

    private final ServerSocket server;
    private final Function<Request, Script> scripts;
    private final boolean recordsRequests;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger received = new AtomicInteger();
    private final List<Throwable> scriptFailures = new CopyOnWriteArrayList<>();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connectionCount = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger aborted = new AtomicInteger();

    private FakeUpstream(Function<Request, Script> scripts, boolean recordsRequests) {
        this(scripts, recordsRequests, ServerSocketFactory.getDefault(), false);
    }

    private FakeUpstream(
            Function<Request, Script> scripts,
            boolean recordsRequests,
            ServerSocketFactory sockets,
            boolean wantsClientCertificate) {
        this.scripts = scripts;
        this.recordsRequests = recordsRequests;
        try {
            server = sockets.createServerSocket(0, 512, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (server instanceof SSLServerSocket secure) { // must precede accept(), which uses the settings at its start
            secure.setNeedClientAuth(wantsClientCertificate);
        }
        start("accept", this::accept);
    }

    /** Answers the k-th call with the k-th text; further calls get a 500. */
    public static FakeUpstream answering(String... texts) {
        Script[] scripts = new Script[texts.length];
        for (int i = 0; i < texts.length; i++) {
            scripts[i] = Script.answer(texts[i]);
        }
        return scripted(scripts);
    }

    /** Runs the k-th script for the k-th call; further calls get a 500. */
    public static FakeUpstream scripted(Script... scripts) {
        return dispatching(request -> request.number() < scripts.length
                ? scripts[request.number()]
                : Script.error(500, "no script for call " + request.number()));
    }

    /** Chooses the script by the request. */
    public static FakeUpstream dispatching(Function<Request, Script> scripts) {
        return new FakeUpstream(scripts, true);
    }

    /** Chooses the script by the request and does not record requests, for long runs. */
    public static FakeUpstream discardingRequests(Function<Request, Script> scripts) {
        return new FakeUpstream(scripts, false);
    }

    /** Chooses the script by the request, over TLS. */
    public static FakeUpstream overTls(
            SSLContext tls, boolean wantsClientCertificate, Function<Request, Script> scripts) {
        return new FakeUpstream(scripts, true, tls.getServerSocketFactory(), wantsClientCertificate);
    }

    /** The URL of its chat completions. */
    public URI url() {
        String scheme = server instanceof SSLServerSocket ? "https" : "http";
        return URI.create(scheme + "://127.0.0.1:" + port() + "/v1/chat/completions");
    }

    public int port() {
        return server.getLocalPort();
    }

    /** All requests so far, in the order in which they were read. */
    public List<Request> requests() {
        return Collections.unmodifiableList(new ArrayList<>(requests));
    }

    public Request request(int number) {
        return requests.get(number);
    }

    /** The number of calls in progress. */
    public int openCalls() {
        return received.get() - ended.get();
    }

    /** The number of calls that have ended in any way. */
    public int endedCalls() {
        return ended.get();
    }

    /** The number of calls that the client disconnected from. */
    public int abortedCalls() {
        return aborted.get();
    }

    /** The number of connections accepted so far. */
    public int connections() {
        return connectionCount.get();
    }

    /** The number of open connections. */
    public int openConnections() {
        return connections.size();
    }

    public void awaitRequests(int count) {
        await().atMost(TIMEOUT).until(() -> received.get() >= count);
    }

    public void awaitEnded(int count) {
        await().atMost(TIMEOUT).until(() -> ended.get() >= count);
    }

    public void awaitAborted(int count) {
        await().atMost(TIMEOUT).until(() -> aborted.get() >= count);
    }

    /** Waits until no call is in progress. */
    public void awaitIdle() {
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .atMost(TIMEOUT)
                .until(() -> openCalls() == 0);
    }

    /** Closes all connections and stops; fails if a script failed. */
    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : connections) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!scriptFailures.isEmpty()) {
            throw new AssertionError("a script of the fake upstream failed", scriptFailures.get(0));
        }
    }

    private static void start(String what, Runnable task) {
        Thread thread = new Thread(task, "fake-upstream-" + what);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (true) {
            try {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                connections.add(socket);
                int number = connectionCount.getAndIncrement();
                start("connection-" + number, () -> serve(socket, number));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket, int connection) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (serveCall(socket, in, connection)) {}
        } catch (IOException e) {
            // The client disconnected between two calls, or the test is over.
        } finally {
            connections.remove(socket);
        }
    }

    private boolean serveCall(Socket socket, InputStream in, int connection) throws IOException {
        String requestLine = line(in);
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            int colon = header.indexOf(':');
            headers.put(header.substring(0, colon), header.substring(colon + 1).strip());
        }
        byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("Content-Length", "0")));
        Request request = receive(requestLine.split(" ", 3), headers, body, connection);
        try {
            FakeExchange exchange = new FakeExchange(request, socket, in);
            scripts.apply(request).run(exchange);
            return exchange.isConnectionReusable();
        } catch (FakeExchange.ClientDisconnected e) {
            aborted.incrementAndGet();
            return false;
        } catch (IOException | RuntimeException | InterruptedException e) {
            if (!server.isClosed()) {
                scriptFailures.add(e);
            }
            return false;
        } finally {
            ended.incrementAndGet();
        }
    }

    private synchronized Request receive(String[] requestLine, Map<String, String> headers, byte[] body, int connection)
            throws IOException {
        String text = new String(body, StandardCharsets.UTF_8);
        Request request = new Request(
                received.get(),
                connection,
                requestLine[0],
                requestLine[1],
                headers,
                text,
                text.isEmpty() ? MissingNode.getInstance() : JSON.readTree(text),
                System.nanoTime());
        if (recordsRequests) {
            requests.add(request);
        }
        received.incrementAndGet();
        return request;
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException();
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }
}
