package org.o1api.testing;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** More clients than a server has threads by default (200). Each sends a request with an incomplete body. */
public final class SlowClients implements AutoCloseable {
    private static final int COUNT = 220;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final SlowRequest request;
    private final List<Socket> sockets = new ArrayList<>();

    private SlowClients(SlowRequest request) {
        this.request = request;
    }

    /**
     * Connects all clients; each sends the head of the request and nothing of its body.
     *
     * @param url the URL of the gateway, with its context path
     * @param key the API key; empty for none
     */
    public static SlowClients connect(URI url, SlowRequest request, String key) throws IOException {
        SlowClients clients = new SlowClients(request);
        byte[] head = ascii(request.head(url.getPath(), key));
        try {
            for (int i = 0; i < COUNT; i++) {
                Socket socket = new Socket(url.getHost(), url.getPort());
                clients.sockets.add(socket);
                socket.setTcpNoDelay(true);
                socket.setSoTimeout((int) TIMEOUT.toMillis());
                socket.getOutputStream().write(head);
            }
            return clients;
        } catch (IOException | RuntimeException e) {
            clients.close();
            throw e;
        }
    }

    /** Sends one byte of each body, unless the server has closed the connection. */
    public void sendByte() {
        byte[] piece = ascii(request.bodyByte());
        for (Socket socket : sockets) {
            try {
                socket.getOutputStream().write(piece);
            } catch (IOException e) {
                // Closed by the server, which is allowed.
            }
        }
    }

    /** The statuses of all responses; fails if a client gets none. */
    public Set<Integer> statuses() throws IOException {
        Set<Integer> statuses = new TreeSet<>();
        for (Socket socket : sockets) {
            try {
                statuses.add(status(socket.getInputStream()));
            } catch (SocketException | SocketTimeoutException e) {
                throw new AssertionError("no reply to " + request, e);
            }
        }
        return statuses;
    }

    /** The first final status; skips 100, which Tomcat sends by itself. */
    private static int status(InputStream in) throws IOException {
        for (String line = line(in); line.startsWith("HTTP/1."); line = line(in)) {
            int status = Integer.parseInt(line.substring(9, 12));
            if (status != 100) {
                return status;
            }
            line(in); // the empty line
        }
        throw new SocketException("the server closed the connection");
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            line.append((char) c);
        }
        return line.toString().stripTrailing();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
