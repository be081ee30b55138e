package org.o1api.upstream;

import java.util.List;

/** A configured way to call a provider. Safe for concurrent use. */
public interface Upstream extends AutoCloseable {
    /** The name in the configuration. */
    String name();

    /** The names of all upstreams that may answer a call. */
    default List<String> names() {
        return List.of(name());
    }

    /**
     * Makes a call and waits for its first delta. Retries failed attempts within the limits.
     *
     * @throws UpstreamException if the call failed
     * @throws org.o1api.model.CancelledException if it was cancelled
     */
    Call open(CallRequest request, CallContext context);

    /** Releases connections and threads. Calls in flight fail with an {@link UpstreamException}. */
    @Override
    void close();
}
