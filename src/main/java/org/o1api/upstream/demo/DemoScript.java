package org.o1api.upstream.demo;

import java.util.Optional;

/** What the demo model replies to the calls of one strategy. Used by several threads at once. */
public interface DemoScript {
    /** Returns the reply to a request; empty if the request is not one of the strategy's. */
    Optional<String> reply(DemoRequest request);
}
