package org.o1api.upstream;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.StateTransition;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.o1api.model.ErrorCode;

/**
 * Rejects attempts at an upstream that fails: it opens if at least half of the last attempts failed, and admits a single one
 * after a while. That one, the probe, decides at its first delta whether it closes.
 *
 * <p>It measures the upstream's health only. A failure counts once per turn, and only if the latest call failed for more than
 * half of the callers of the last 30 s; a caller whose own calls have not failed may send a probe immediately.
 */
final class Breaker {
    /** How long it stays open. */
    static final Duration OPEN_TIME = Duration.ofSeconds(5);

    private static final System.Logger LOG = System.getLogger(Breaker.class.getName());
    private static final int WINDOW = 50;
    private static final int LEAST = 20;
    private static final float HALF = 50;
    private static final Duration SHORTLY = Duration.ofSeconds(1);

    private final String name;
    private final Duration open;
    private final CircuitBreaker breaker;
    private final CallerOutcomes votes;
    private final Set<String> besideProbe = ConcurrentHashMap.newKeySet();
    private volatile long openedNanos = System.nanoTime();
    private volatile String probeCaller = "";

    /** A closed breaker of the upstream of this name; one that is not enabled stays so. */
    Breaker(String name, Duration open, boolean enabled) {
        this(name, open, enabled, System::nanoTime);
    }

    /**
     * A closed breaker.
     *
     * @param nanoTime the time of the callers' votes
     */
    Breaker(String name, Duration open, boolean enabled, LongSupplier nanoTime) {
        this.name = name;
        this.open = open;
        votes = new CallerOutcomes(nanoTime);
        breaker = CircuitBreaker.of(
                name,
                CircuitBreakerConfig.custom()
                        .slidingWindow(WINDOW, LEAST, SlidingWindowType.COUNT_BASED)
                        .failureRateThreshold(HALF)
                        .waitDurationInOpenState(open)
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .initialState(enabled ? State.CLOSED : State.DISABLED)
                        .build());
        breaker.getEventPublisher().onStateTransition(event -> changed(event.getStateTransition()));
    }

    private void changed(StateTransition change) {
        if (change.getToState() == State.OPEN) {
            openedNanos = System.nanoTime();
        }
        switch (change) {
            case CLOSED_TO_OPEN ->
                LOG.log(
                        Level.WARNING,
                        "circuit breaker of upstream {0} is open: one probe every {1}",
                        name,
                        UpstreamErrors.durationText(open));
            case HALF_OPEN_TO_CLOSED ->
                LOG.log(Level.INFO, "circuit breaker of upstream {0} is closed: a probe succeeded", name);
            default -> LOG.log(Level.DEBUG, "upstream {0}: {1}", name, change);
        }
    }

    /**
     * Does nothing if the caller's attempt may be admitted.
     *
     * @throws UpstreamException if it is open, and no probe is due
     */
    void throwIfOpen(String caller) {
        if (breaker.getState() == State.OPEN && openedFor().compareTo(open) < 0 && votes.lastCallFailed(caller)) {
            throw refusal();
        }
    }

    /**
     * Admits an attempt. The permit has to be closed.
     *
     * @throws UpstreamException if it is open, or a probe is out and the caller's own calls have failed
     */
    Permit admit(CallingTurn owner) {
        if (breaker.getState() == State.OPEN && !votes.lastCallFailed(owner.caller())) {
            endPause();
        }
        if (!breaker.tryAcquirePermission()) {
            if (mayGoBesideProbe(owner.caller())) {
                return new Permit(owner, Role.BESIDE_PROBE);
            }
            throw refusal();
        }
        try {
            boolean probe = breaker.getState() == State.HALF_OPEN;
            if (probe) {
                probeCaller = owner.caller();
            }
            return new Permit(owner, probe ? Role.PROBE : Role.ORDINARY);
        } catch (Throwable e) {
            breaker.releasePermission();
            throw e;
        }
    }

    /** Another caller's probe may take minutes, so a caller without failures makes a call of its own, one at a time. */
    private boolean mayGoBesideProbe(String caller) {
        return breaker.getState() == State.HALF_OPEN
                && !caller.equals(probeCaller)
                && !votes.lastCallFailed(caller)
                && besideProbe.add(caller);
    }

    private synchronized void endPause() {
        if (breaker.getState() == State.OPEN) {
            breaker.transitionToHalfOpenState();
        }
    }

    private synchronized void endTrouble() {
        if (breaker.getState() == State.HALF_OPEN) {
            breaker.transitionToClosedState();
        }
    }

    private Duration openedFor() {
        return Duration.ofNanos(System.nanoTime() - openedNanos);
    }

    private UpstreamException refusal() {
        Duration left = breaker.getState() == State.HALF_OPEN ? SHORTLY : open.minus(openedFor());
        return new UpstreamException(
                ErrorCode.UPSTREAM_UNAVAILABLE,
                "The model provider is failing: calls are paused for a few seconds (circuit_breaker).",
                false,
                left.compareTo(Duration.ZERO) > 0 ? left : SHORTLY,
                0,
                null);
    }

    /** Whether a failure is one of the upstream, and not of the request. */
    private static boolean counts(UpstreamException failure) {
        if (failure.isEmptyReply() || failure.errorBody().isGenerationFailure()) {
            return false;
        }
        return switch (failure.code()) {
            case UPSTREAM_FAILED, UPSTREAM_UNAVAILABLE, UPSTREAM_TIMEOUT -> failure.status() / 100 != 4;
            default -> false;
        };
    }

    private enum Role {
        ORDINARY,
        /** Decides whether the breaker closes. */
        PROBE,
        /** Of a caller without failures while another one's probe is out: closes the breaker if it succeeds. */
        BESIDE_PROBE
    }

    /** The admission of one attempt, which ends with its result. Belongs to the attempt's thread. */
    final class Permit {
        private final CallingTurn owner;
        private final Role role;
        private boolean held = true;

        private Permit(CallingTurn owner, Role role) {
            this.owner = owner;
            this.role = role;
        }

        /** The reply has begun: enough for a probe. */
        void firstDeltaReceived() {
            if (role != Role.ORDINARY) {
                succeeded();
            }
        }

        void succeeded() {
            votes.recordSuccess(owner.caller());
            if (role == Role.BESIDE_PROBE) {
                endTrouble();
            } else if (end()) {
                breaker.onSuccess(0, TimeUnit.NANOSECONDS); // no call is too slow: timeouts are failures
            }
        }

        void failed(UpstreamException failure) {
            if (!counts(failure)) {
                return;
            }
            boolean forMostCallers = votes.recordFailure(owner.caller());
            if (role != Role.PROBE && !(forMostCallers && owner.isFirstFailureAt(Breaker.this))) {
                close();
            } else if (end()) {
                breaker.onError(0, TimeUnit.NANOSECONDS, failure);
            }
        }

        /** Releases a permit without a result: otherwise a probe that was cancelled would be the last one. */
        void close() {
            if (role == Role.BESIDE_PROBE) {
                besideProbe.remove(owner.caller());
            } else if (end()) {
                breaker.releasePermission();
            }
        }

        /** Only the first result counts, and none of an attempt from before the trouble while a probe is out. */
        private boolean end() {
            boolean first =
                    held && role != Role.BESIDE_PROBE && (role == Role.PROBE || breaker.getState() != State.HALF_OPEN);
            held = false;
            return first;
        }
    }
}
