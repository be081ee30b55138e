package org.o1api.upstream;

/** A model's provider. Safe for concurrent use. */
public interface Upstream extends AutoCloseable {
    /** The name that the config gives it. */
    String name();

    /**
     * Makes a call and waits for its first delta; tries again where that may help.
     *
     * @throws UpstreamException when the call failed, or was cancelled
     */
    Call open(CallRequest request, CallContext terms);

    /** Releases connections and threads. Calls in flight end with an {@link UpstreamException}. */
    @Override
    void close();
}
