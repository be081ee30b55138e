package org.o1api.server;

/** The body of a caller's request, in memory. It counts against {@code limits.bodies} until it is released. */
public final class ReceivedBody {
    /** The request attribute that holds it. */
    public static final String ATTRIBUTE = "org.o1api.body";

    /** No body. */
    public static final ReceivedBody EMPTY = new ReceivedBody(new byte[0], () -> {});

    private final Runnable onRelease;
    private volatile byte[] bytes;

    /**
     * A body that is held.
     *
     * @param onRelease may run more than once
     */
    ReceivedBody(byte[] bytes, Runnable onRelease) {
        this.bytes = bytes;
        this.onRelease = onRelease;
    }

    /** The body, which nobody may change; empty once it is dropped. */
    public byte[] bytes() {
        return bytes;
    }

    /** Drops the bytes once they are parsed. They still count: what was parsed takes at least as much memory. */
    public void drop() {
        bytes = EMPTY.bytes;
    }

    /** Releases it: before the end of the response is sent, so that the client's next request finds room. */
    public void release() {
        drop();
        onRelease.run();
    }
}
