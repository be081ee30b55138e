package org.o1api.upstream;

import java.util.List;

/** A configured way to call a provider. Safe for concurrent use. */
public interface Upstream extends AutoCloseable {
    /** The name for messages: that in the configuration, or several, separated by commas. */
    String name();

    /** The names in the configuration of all upstreams that may answer a call, at least one. */
    List<String> names();

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
