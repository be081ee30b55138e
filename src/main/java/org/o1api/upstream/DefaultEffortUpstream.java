package org.o1api.upstream;

import java.util.List;
import org.o1api.model.Effort;

/** An upstream that adds an effort to requests without one. */
public final class DefaultEffortUpstream implements Upstream {
    private final Upstream upstream;
    private final Effort effort;

    /**
     * Creates the upstream.
     *
     * @param upstream makes the calls; owned by the caller
     * @param effort for requests without one
     */
    public DefaultEffortUpstream(Upstream upstream, Effort effort) {
        this.upstream = upstream;
        this.effort = effort;
    }

    @Override
    public String name() {
        return upstream.name();
    }

    @Override
    public List<String> names() {
        return upstream.names();
    }

    @Override
    public Call open(CallRequest request, CallContext context) {
        return upstream.open(request.effort() == null ? request.withEffort(effort) : request, context);
    }

    @Override
    public void close() {
        // the upstream belongs to the caller
    }
}
