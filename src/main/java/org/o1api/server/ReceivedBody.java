package org.o1api.server;

/** The body of an authenticated request. It counts against {@code limits.bodies} until it is released. */
public final class ReceivedBody {
    /** The request attribute that contains the body. */
    public static final String ATTRIBUTE = "org.o1api.body";

    /** An empty body. */
    public static final ReceivedBody EMPTY = new ReceivedBody(new byte[0], () -> {});

    private final Runnable onRelease;
    private volatile byte[] bytes;

    /**
     * Creates a body.
     *
     * @param onRelease may run more than once
     */
    ReceivedBody(byte[] bytes, Runnable onRelease) {
        this.bytes = bytes;
        this.onRelease = onRelease;
    }

    /** The body, which must not be modified; empty after {@link #drop}. */
    public byte[] bytes() {
        return bytes;
    }

    /**
     * Drops the bytes once they are parsed. They still count against the limit, since the parsed request takes at least
     * as much memory.
     */
    public void drop() {
        bytes = EMPTY.bytes;
    }

    /**
     * Releases the memory. Called before the end of the response is sent, so that the client's next request is not
     * rejected.
     */
    public void release() {
        drop();
        onRelease.run();
    }
}
