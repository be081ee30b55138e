package org.o1api.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** Forwards bytes between its clients and a server until it hangs: then connections stay open, but no more bytes are forwarded. */
public final class HangingProxy implements AutoCloseable {
    private final InetSocketAddress server;
    private final ServerSocket serverSocket;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean hangs;

    public HangingProxy(int port) throws IOException {
        this(port, 0);
    }

    /** Listens on the given port. */
    public HangingProxy(int port, int at) throws IOException {
        serverSocket = new ServerSocket(at, 50, InetAddress.getLoopbackAddress());
        server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        startThread(this::accept);
    }

    private interface IoAction {
        void run() throws IOException, InterruptedException;
    }

    private static void startThread(IoAction work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException | InterruptedException e) {
                // closed by one of the two sides
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = serverSocket.accept();
            Socket to = new Socket();
            to.connect(server);
            sockets.addAll(List.of(client, to));
            startThread(() -> forward(client, to));
            startThread(() -> forward(to, client));
        }
    }

    private void forward(Socket from, Socket to) throws IOException, InterruptedException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] bytes = new byte[8192];
            for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
                if (hangs) {
                    closed.await();
                }
                out.write(bytes, 0, length);
            }
        }
    }

    public int port() {
        return serverSocket.getLocalPort();
    }

    public void hang() {
        hangs = true;
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        serverSocket.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
