package org.o1api.upstream;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.o1api.model.CancelledException;
import org.o1api.model.ErrorCode;

/**
 * Tries several upstreams in order, for one turn: a call goes to the first upstream, and to the next one if it fails before its
 * first delta. The turn's next call goes to the upstream that answered last, so that a turn waits for a silent upstream only once.
 */
public final class FallbackUpstream implements Upstream {
    private final List<Upstream> upstreams;
    private volatile int current;

    /**
     * Creates the chain.
     *
     * @param upstreams in the order in which they are tried
     */
    public FallbackUpstream(List<Upstream> upstreams) {
        this.upstreams = List.copyOf(upstreams);
    }

    @Override
    public String name() {
        return upstreams.stream().map(Upstream::name).collect(Collectors.joining(", "));
    }

    @Override
    public List<String> names() {
        return upstreams.stream().flatMap(upstream -> upstream.names().stream()).toList();
    }

    /** Makes the call. If all upstreams fail, the first one's failure is thrown, because the others are only substitutes. */
    @Override
    public Call open(CallRequest request, CallContext context) {
        @Nullable UpstreamException firstFailure = null;
        int start = current;
        for (int i = 0; i < upstreams.size(); i++) {
            int index = (start + i) % upstreams.size();
            try {
                Call call = upstreams.get(index).open(request, context);
                current = index;
                return call;
            } catch (CancelledException e) {
                if (e.code() == ErrorCode.UPSTREAM_TIMEOUT) { // the time for reasoning has ended a wait for this one
                    current = (index + 1) % upstreams.size();
                }
                throw e;
            } catch (UpstreamException e) {
                current = (index + 1) % upstreams.size();
                if (context.cancellation().isCancelled() || (firstFailure == null && !mayFallBack(e))) {
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

    /** Whether another upstream may succeed. A request that is wrong at one upstream is wrong at all of them. */
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

    /** Closes all upstreams. */
    @Override
    public void close() {
        upstreams.forEach(Upstream::close);
    }
}
