package org.o1api.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP proxy that supports only tunnels ({@code CONNECT}). */
public final class TunnelProxy implements AutoCloseable {
    private final ServerSocket serverSocket =
            new ServerSocket(0, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    private final List<String> targets = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    public TunnelProxy() throws IOException {
        startThread(() -> {
            while (true) {
                Socket client = serverSocket.accept();
                startThread(() -> open(client));
            }
        });
    }

    private interface IoAction {
        void run() throws IOException;
    }

    private static void startThread(IoAction work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // closed by one of the two sides
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void open(Socket client) throws IOException {
        sockets.add(client);
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            head.write(client.getInputStream().read());
        }
        String target = head.toString(StandardCharsets.US_ASCII).split(" ", 3)[1];
        targets.add(target);
        String[] address = target.split(":", 2);
        Socket server = new Socket(address[0], Integer.parseInt(address[1]));
        sockets.add(server);
        client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        startThread(() -> forward(client, server));
        forward(server, client);
    }

    private static void forward(Socket from, Socket to) throws IOException {
        try (from;
                to;
                InputStream in = from.getInputStream()) {
            in.transferTo(to.getOutputStream());
        }
    }

    public int port() {
        return serverSocket.getLocalPort();
    }

    /** Host and port of each requested tunnel, in order. */
    public List<String> targets() {
        return targets;
    }

    @Override
    public void close() throws IOException {
        serverSocket.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
