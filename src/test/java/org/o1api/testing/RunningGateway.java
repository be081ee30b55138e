package org.o1api.testing;

import java.net.URI;

/** A running gateway. */
public record RunningGateway(URI url, ClassLoader classLoader, Runnable stop) implements AutoCloseable {
    /** A client of this gateway. */
    public ChatClient client(String key) {
        return new ChatClient(url, key);
    }

    @Override
    public void close() {
        stop.run();
    }
}
