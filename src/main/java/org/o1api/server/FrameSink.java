package org.o1api.server;

import java.io.IOException;

/** Writes the bytes of a response through Jersey. The first write starts the response. */
interface FrameSink {
    /** Writes bytes. The container has accepted them when this method returns. */
    void write(byte[] bytes) throws IOException;

    /** Writes a response of which nothing was written before. */
    default void writeWhole(byte[] bytes) throws IOException {
        write(bytes);
    }

    /** The bytes of a heartbeat, which clients ignore. */
    byte[] ping();

    /** The bytes of a heartbeat before the opening event. */
    default byte[] earlyPing() {
        return ping();
    }

    /** Signals to the client that the response has failed. Only {@link #close} may follow. */
    void fail(byte[] error) throws IOException;

    void close();
}
