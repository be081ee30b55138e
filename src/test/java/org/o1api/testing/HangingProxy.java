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

/** Passes all bytes on between its clients and a server, until it hangs: connections stay, and nothing comes any more. */
public final class HangingProxy implements AutoCloseable {
    private final InetSocketAddress server;
    private final ServerSocket door;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean hangs;

    public HangingProxy(int port) throws IOException {
        this(port, 0);
    }

    /** The same at a port of the test's choice. */
    public HangingProxy(int port, int at) throws IOException {
        door = new ServerSocket(at, 50, InetAddress.getLoopbackAddress());
        server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        begin(this::accept);
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private static void begin(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException | InterruptedException e) {
                // one of the two has closed
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = door.accept();
            Socket to = new Socket();
            to.connect(server);
            sockets.addAll(List.of(client, to));
            begin(() -> pass(client, to));
            begin(() -> pass(to, client));
        }
    }

    private void pass(Socket from, Socket to) throws IOException, InterruptedException {
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
        return door.getLocalPort();
    }

    public void hang() {
        hangs = true;
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        door.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
