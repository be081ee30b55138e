package org.o1api.upstream;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.StateTransition;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.o1api.model.ErrorCode;

/**
 * The circuit breaker of one upstream. It opens if at least half of the last 50 attempts (of at least 20) failed. After a pause it
 * admits a single attempt, the probe, whose first delta closes it.
 *
 * <p>It measures the upstream's health, not the requests'. A failure counts once a turn, and only if the latest call failed for
 * more than half of the callers of the last 30 s. A caller whose own calls have not failed may send a probe immediately.
 */
final class Breaker {
    /** How long it stays open before it admits a probe. */
    static final Duration OPEN_TIME = Duration.ofSeconds(5);

    private static final System.Logger LOG = System.getLogger(Breaker.class.getName());
    private static final int WINDOW_SIZE = 50;
    private static final int MIN_CALLS = 20;
    private static final float FAILURE_RATE_PERCENT = 50;
    private static final Duration RETRY_SOON = Duration.ofSeconds(1);

    private final String name;
    private final Duration openTime;
    private final CircuitBreaker breaker;
    private final CallerOutcomes outcomes;
    private final Set<String> callersAlongsideProbe = ConcurrentHashMap.newKeySet();
    private final LongSupplier nanoTime;
    /** When it opened. The library does not expose this time, and clients need to know when to retry. */
    private volatile long openedNanos;

    private volatile String probeCaller = "";

    /** Creates a closed breaker; if not enabled, it never opens. */
    Breaker(String name, Duration openTime, boolean enabled) {
        this(name, openTime, enabled, System::nanoTime);
    }

    /**
     * Creates a closed breaker.
     *
     * @param nanoTime the time source, in nanoseconds. The system's clock would not do: if it is set back, the breaker stays open
     */
    Breaker(String name, Duration openTime, boolean enabled, LongSupplier nanoTime) {
        this.name = name;
        this.openTime = openTime;
        this.nanoTime = nanoTime;
        outcomes = new CallerOutcomes(nanoTime);
        breaker = CircuitBreaker.of(
                name,
                CircuitBreakerConfig.custom()
                        .slidingWindow(WINDOW_SIZE, MIN_CALLS, SlidingWindowType.COUNT_BASED)
                        .failureRateThreshold(FAILURE_RATE_PERCENT)
                        .waitDurationInOpenState(openTime)
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .clock(clock(nanoTime))
                        .initialState(enabled ? State.CLOSED : State.DISABLED)
                        .build());
        breaker.getEventPublisher().onStateTransition(event -> onTransition(event.getStateTransition()));
    }

    private static Clock clock(LongSupplier nanoTime) {
        InstantSource source = () -> Instant.EPOCH.plusNanos(nanoTime.getAsLong());
        return source.withZone(ZoneOffset.UTC);
    }

    private void onTransition(StateTransition change) {
        if (change.getToState() == State.OPEN) {
            openedNanos = nanoTime.getAsLong();
        }
        switch (change) {
            case CLOSED_TO_OPEN ->
                LOG.log(
                        Level.WARNING,
                        "circuit breaker of upstream {0} is open: one probe every {1}",
                        name,
                        UpstreamErrors.durationText(openTime));
            case HALF_OPEN_TO_CLOSED ->
                LOG.log(Level.INFO, "circuit breaker of upstream {0} is closed: a probe succeeded", name);
            default -> LOG.log(Level.DEBUG, "upstream {0}: {1}", name, change);
        }
    }

    /**
     * Rejects the caller's attempt early if {@link #admit} would certainly reject it.
     *
     * @throws UpstreamException if the breaker is open and no probe is due
     */
    void throwIfOpen(String caller) {
        if (breaker.getState() == State.OPEN
                && openedFor().compareTo(openTime) < 0
                && outcomes.lastCallFailed(caller)) {
            throw rejection();
        }
    }

    /**
     * Admits an attempt. The permit must be closed.
     *
     * @throws UpstreamException if the breaker is open, or if a probe is in flight and the caller's own calls have failed
     */
    Permit admit(TurnCallState turn) {
        if (breaker.getState() == State.OPEN && !outcomes.lastCallFailed(turn.caller())) {
            startProbing();
        }
        if (!breaker.tryAcquirePermission()) {
            if (mayCallAlongsideProbe(turn.caller())) {
                return new Permit(turn, Role.ALONGSIDE_PROBE);
            }
            throw rejection();
        }
        try {
            boolean probe = breaker.getState() == State.HALF_OPEN;
            if (probe) {
                probeCaller = turn.caller();
            }
            return new Permit(turn, probe ? Role.PROBE : Role.NORMAL);
        } catch (Throwable e) {
            breaker.releasePermission();
            throw e;
        }
    }

    /** Another caller's probe may take minutes, so a caller without failures may make calls meanwhile, one at a time. */
    private boolean mayCallAlongsideProbe(String caller) {
        return breaker.getState() == State.HALF_OPEN
                && !caller.equals(probeCaller)
                && !outcomes.lastCallFailed(caller)
                && callersAlongsideProbe.add(caller);
    }

    private synchronized void startProbing() {
        if (breaker.getState() == State.OPEN) {
            breaker.transitionToHalfOpenState();
        }
    }

    private synchronized void closeAfterSuccess() {
        if (breaker.getState() == State.HALF_OPEN) {
            breaker.transitionToClosedState();
        }
    }

    private Duration openedFor() {
        return Duration.ofNanos(nanoTime.getAsLong() - openedNanos);
    }

    private UpstreamException rejection() {
        Duration left = breaker.getState() == State.HALF_OPEN ? RETRY_SOON : openTime.minus(openedFor());
        return new UpstreamException(
                ErrorCode.UPSTREAM_UNAVAILABLE,
                "The model provider is failing: calls are paused for a few seconds (upstreams.*.circuit_breaker).",
                false,
                left.compareTo(Duration.ZERO) > 0 ? left : RETRY_SOON,
                0,
                null);
    }

    /** Whether the upstream, and not the request, is the cause of a failure. */
    private static boolean isUpstreamFault(UpstreamException failure) {
        if (failure.isEmptyReply() || failure.errorBody().isGenerationFailure()) {
            return false;
        }
        return switch (failure.code()) {
            case UPSTREAM_FAILED, UPSTREAM_UNAVAILABLE, UPSTREAM_TIMEOUT -> failure.status() / 100 != 4;
            default -> false;
        };
    }

    private enum Role {
        NORMAL,
        /** Decides whether the breaker closes. */
        PROBE,
        /** Made by a caller without failures while another caller's probe is in flight. Closes the breaker if it succeeds. */
        ALONGSIDE_PROBE
    }

    /** The admission of one attempt. Confined to the attempt's thread. */
    final class Permit {
        private final TurnCallState turn;
        private final Role role;
        private boolean pending = true;

        private Permit(TurnCallState turn, Role role) {
            this.turn = turn;
            this.role = role;
        }

        /** The first delta has arrived, which is enough for a probe to succeed. */
        void firstDeltaReceived() {
            if (role != Role.NORMAL) {
                succeeded();
            }
        }

        void succeeded() {
            outcomes.recordSuccess(turn.caller());
            if (role == Role.ALONGSIDE_PROBE) {
                closeAfterSuccess();
            } else if (takeResult()) {
                breaker.onSuccess(0, TimeUnit.NANOSECONDS); // no call is too slow: timeouts are failures
            }
        }

        void failed(UpstreamException failure) {
            if (!isUpstreamFault(failure)) {
                return;
            }
            boolean forMostCallers = outcomes.recordFailure(turn.caller());
            if (role != Role.PROBE && !(forMostCallers && turn.isFirstFailureAt(Breaker.this))) {
                close();
            } else if (takeResult()) {
                breaker.onError(0, TimeUnit.NANOSECONDS, failure);
            }
        }

        /** Releases a permit that has no result; otherwise a cancelled probe would block all later ones. */
        void close() {
            if (role == Role.ALONGSIDE_PROBE) {
                callersAlongsideProbe.remove(turn.caller());
            } else if (takeResult()) {
                breaker.releasePermission();
            }
        }

        /**
         * Whether this result counts: only the permit's first one does, and while half-open only the probe's, not that of an
         * attempt admitted before the breaker opened.
         */
        private boolean takeResult() {
            boolean first = pending
                    && role != Role.ALONGSIDE_PROBE
                    && (role == Role.PROBE || breaker.getState() != State.HALF_OPEN);
            pending = false;
            return first;
        }
    }
}
