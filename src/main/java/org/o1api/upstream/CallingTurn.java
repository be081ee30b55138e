package org.o1api.upstream;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The turn that a call belongs to: its caller, and at which upstreams one of its calls has failed. Safe for concurrent use. */
public final class CallingTurn {
    private final String caller;
    private final Set<Breaker> failedAtBreakers = ConcurrentHashMap.newKeySet(1);
    private final Set<Object> unstreamedKinds = ConcurrentHashMap.newKeySet(1);
    private final Set<Object> reducedKinds = ConcurrentHashMap.newKeySet(1);
    private final Set<Object> unlimitedKinds = ConcurrentHashMap.newKeySet(1);

    /**
     * The owner of a turn's calls.
     *
     * @param caller who sent the request, by the name of the key
     */
    public CallingTurn(String caller) {
        this.caller = caller;
    }

    String caller() {
        return caller;
    }

    /** Whether this is the turn's first failure that a breaker counts; a turn makes many calls, and one failure may fail all. */
    boolean isFirstFailureAt(Breaker breaker) {
        return failedAtBreakers.add(breaker);
    }

    /** Records that calls of a kind are made without streaming for the rest of the turn. */
    void stopStreaming(Object kind) {
        unstreamedKinds.add(kind);
    }

    /** Whether calls of a kind may be streamed. */
    boolean mayStream(Object kind) {
        return !unstreamedKinds.contains(kind);
    }

    /** Records that the gateway's own output limit is reduced in calls of a kind for the rest of the turn. */
    void reduceOutputLimit(Object kind) {
        reducedKinds.add(kind);
    }

    /** Whether the gateway's own output limit is reduced in calls of a kind. */
    boolean reducesOutputLimit(Object kind) {
        return reducedKinds.contains(kind);
    }

    /** Records that the gateway's own output limit is left out of calls of a kind for the rest of the turn. */
    void dropOutputLimit(Object kind) {
        unlimitedKinds.add(kind);
    }

    /** Whether calls of a kind may have the gateway's own output limit. */
    boolean maySendOutputLimit(Object kind) {
        return !unlimitedKinds.contains(kind);
    }
}
