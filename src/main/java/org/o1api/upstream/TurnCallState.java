package org.o1api.upstream;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.o1api.model.RawJson;
import org.o1api.model.TraceContext;
import org.o1api.model.TurnInfo;

/**
 * The turn that makes a call, as far as upstreams are concerned: its caller, and what its calls have found out that holds only for
 * this turn. Safe for concurrent use.
 */
public final class TurnCallState {
    private static final Pattern SEED = Pattern.compile("-?[0-9]{1,18}");

    private final String caller;
    private final Map<String, String> headers;
    private final Map<String, String> headersWithTrace;
    private final Set<Breaker> failedAtBreakers = ConcurrentHashMap.newKeySet(1);
    private final Set<Object> unstreamedKinds = ConcurrentHashMap.newKeySet(1);
    private final Set<Object> reducedKinds = ConcurrentHashMap.newKeySet(1);
    private final Set<Object> unlimitedKinds = ConcurrentHashMap.newKeySet(1);
    private int calls;
    private long seed;

    /**
     * Creates the state of a turn's calls.
     *
     * @param caller the name of the API key that sent the request
     */
    public TurnCallState(String caller) {
        this(caller, depthHeader(0), depthHeader(0), "");
    }

    /** Creates the state of a turn's calls. */
    public TurnCallState(TurnInfo info) {
        this(info.caller(), depthHeader(info.depth()), headersWithTrace(info), info.id());
    }

    private TurnCallState(String caller, Map<String, String> headers, Map<String, String> headersWithTrace, String id) {
        this.caller = caller;
        this.headers = headers;
        this.headersWithTrace = headersWithTrace;
        this.seed = id.hashCode();
    }

    private static Map<String, String> depthHeader(int depth) {
        return Map.of(TurnInfo.DEPTH_HEADER, Integer.toString(depth + 1));
    }

    private static Map<String, String> headersWithTrace(TurnInfo info) {
        Map<String, String> headers = new LinkedHashMap<>(depthHeader(info.depth()));
        if (!info.requestId().isEmpty()) {
            headers.put("X-Request-ID", info.requestId());
        }
        TraceContext trace = info.trace();
        if (trace != null) {
            headers.put("traceparent", trace.traceparent());
            if (trace.tracestate() != null) {
                headers.put("tracestate", trace.tracestate());
            }
        }
        return headers;
    }

    /**
     * Numbers the next call of the turn, from 0. Called in the order in which the turn makes its calls, before one of them is on a
     * thread of its own.
     */
    public synchronized int number(CallRequest request) {
        RawJson requested = request.fields().get("seed");
        if (calls == 0 && requested != null && SEED.matcher(requested.text()).matches()) {
            seed = Long.parseLong(requested.text());
        }
        return calls++;
    }

    /** The {@code seed} of the turn's first call, which later ones may change; without one, a number derived from the turn's ID. */
    public synchronized long seed() {
        return seed;
    }

    String caller() {
        return caller;
    }

    /**
     * The turn's headers in each request to a provider: its depth, and on request what identifies the turn's HTTP request, its ID and
     * its W3C trace context.
     */
    Map<String, String> headers(boolean withTrace) {
        return withTrace ? headersWithTrace : headers;
    }

    /**
     * Whether this is the turn's first failure that the breaker counts. A turn makes many calls, and one cause may fail them all.
     */
    boolean isFirstFailureAt(Breaker breaker) {
        return failedAtBreakers.add(breaker);
    }

    /** Records that calls of a kind are not streamed for the rest of the turn. */
    void stopStreaming(Object kind) {
        unstreamedKinds.add(kind);
    }

    boolean mayStream(Object kind) {
        return !unstreamedKinds.contains(kind);
    }

    /** Records that the output limit that the gateway adds is reduced in calls of a kind for the rest of the turn. */
    void reduceOutputLimit(Object kind) {
        reducedKinds.add(kind);
    }

    boolean reducesOutputLimit(Object kind) {
        return reducedKinds.contains(kind);
    }

    /** Records that the output limit that the gateway adds is omitted from calls of a kind for the rest of the turn. */
    void dropOutputLimit(Object kind) {
        unlimitedKinds.add(kind);
    }

    boolean maySendOutputLimit(Object kind) {
        return !unlimitedKinds.contains(kind);
    }
}
