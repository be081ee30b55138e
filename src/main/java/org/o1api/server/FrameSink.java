package org.o1api.server;

import java.io.IOException;

/** Where the frames of a response go, by way of Jersey. The first one begins the response. */
interface FrameSink {
    /** Writes a frame, and marks it as written when the container has taken it. */
    void write(Frame frame) throws IOException;

    /** A frame's bytes that mean nothing. */
    byte[] ping();

    /** Makes known that a response that has begun fails; nothing but {@link #close} follows. */
    void fail(byte[] error) throws IOException;

    void close();
}
