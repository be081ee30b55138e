package org.o1api.upstream;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.o1api.model.CancelledException;

/**
 * Several upstreams as one, for one turn: a call goes to the first, and to the next one where it cannot begin. The turn's next
 * call goes to the one that answered last, so that a turn waits once for one that is silent, and not at each step.
 */
public final class FallbackUpstream implements Upstream {
    private final List<Upstream> upstreams;
    private volatile int current;

    /** The upstreams in the order in which they are tried. */
    public FallbackUpstream(List<Upstream> upstreams) {
        this.upstreams = List.copyOf(upstreams);
    }

    @Override
    public String name() {
        return upstreams.stream().map(Upstream::name).collect(Collectors.joining(", "));
    }

    /** Makes the call. Where all fail, the first one's failure goes out: the others only stand in for it. */
    @Override
    public Call open(CallRequest request, CallContext terms) {
        @Nullable UpstreamException firstFailure = null;
        int start = current;
        for (int i = 0; i < upstreams.size(); i++) {
            int index = (start + i) % upstreams.size();
            try {
                Call call = upstreams.get(index).open(request, terms);
                current = index;
                return call;
            } catch (CancelledException e) {
                current = (index + 1) % upstreams.size(); // the time for reasoning may have ended a wait for this one
                throw e;
            } catch (UpstreamException e) {
                current = (index + 1) % upstreams.size();
                if (terms.cancellation().isCancelled() || (firstFailure == null && !mayFallBack(e))) {
                    throw e;
                }
                if (firstFailure == null) {
                    firstFailure = e;
                } else {
                    firstFailure.addSuppressed(e);
                }
            }
        }
        throw firstFailure == null ? new IllegalStateException("no upstream") : firstFailure;
    }

    /** Whether the fault is the upstream's, or the gateway's way to it: what a caller asked wrongly is wrong elsewhere too. */
    private static boolean mayFallBack(UpstreamException failure) {
        return switch (failure.code()) {
            case UPSTREAM_FAILED,
                    UPSTREAM_UNAVAILABLE,
                    UPSTREAM_TIMEOUT,
                    UPSTREAM_RATE_LIMIT,
                    UPSTREAM_MISCONFIGURED,
                    RATE_LIMIT_EXCEEDED,
                    OVERLOADED -> true;
            default -> false;
        };
    }

    /** Closes all of them. */
    @Override
    public void close() {
        upstreams.forEach(Upstream::close);
    }
}
