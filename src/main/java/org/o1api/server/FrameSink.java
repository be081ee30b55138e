package org.o1api.server;

import java.io.IOException;

/** Where a response's bytes go, by way of Jersey. The first ones begin the response. */
interface FrameSink {
    /** Writes bytes; they are with the container when this returns. */
    void write(byte[] bytes) throws IOException;

    /** Writes a response that is whole before any byte of it was written. */
    default void writeWhole(byte[] bytes) throws IOException {
        write(bytes);
    }

    /** Bytes that mean nothing. */
    byte[] ping();

    /** Makes known that a response that has begun fails; nothing but {@link #close} follows. */
    void fail(byte[] error) throws IOException;

    void close();
}
