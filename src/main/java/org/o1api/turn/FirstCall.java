package org.o1api.turn;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Cancellation;
import org.o1api.model.CancelledException;
import org.o1api.model.ErrorCode;
import org.o1api.upstream.Call;
import org.o1api.upstream.CallContext;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.Upstream;

/**
 * An upstream that makes no calls: the first one cancels the turn, and its request is kept. For the strategies the turn ends as it does
 * if nobody needs a call any more, and not because of its client, which still waits.
 */
final class FirstCall implements Upstream {
    private static final String MESSAGE = "Only the request of the first call is needed.";

    private final List<String> names;
    private final Cancellation turn;
    private final AtomicReference<@Nullable CallRequest> request = new AtomicReference<>();

    /**
     * Creates an upstream.
     *
     * @param names of the upstreams that would answer
     * @param turn cancels the turn
     */
    FirstCall(List<String> names, Cancellation turn) {
        this.names = names;
        this.turn = turn;
    }

    @Override
    public String name() {
        return String.join(",", names);
    }

    @Override
    public List<String> names() {
        return names;
    }

    @Override
    public Call open(CallRequest call, CallContext context) {
        request.compareAndSet(null, call);
        turn.cancel(ErrorCode.INTERNAL_ERROR, MESSAGE);
        throw new CancelledException(ErrorCode.INTERNAL_ERROR, MESSAGE, null);
    }

    /** The request of the first call; null if there was none. */
    @Nullable
    CallRequest request() {
        return request.get();
    }

    @Override
    public void close() {
        // holds nothing
    }
}
