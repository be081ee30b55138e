package org.o1api.upstream;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.StateTransition;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.o1api.llm.ErrorCode;

/**
 * What keeps attempts away from an upstream that fails: it opens where at least half of the last attempts failed, and lets a
 * single one through after a while. That one, the probe, decides whether it closes.
 */
final class Breaker {
    /** How long it stays open. */
    static final Duration OPEN = Duration.ofSeconds(5);

    private static final System.Logger LOG = System.getLogger(Breaker.class.getName());
    private static final int WINDOW = 50;
    private static final int LEAST = 20;
    private static final float HALF = 50;
    private static final Duration SHORTLY = Duration.ofSeconds(1);

    private final String name;
    private final Duration open;
    private final CircuitBreaker breaker;
    private volatile long openedNanos = System.nanoTime();

    /** A closed breaker of the upstream of this name; one that is not enabled stays so. */
    Breaker(String name, Duration open, boolean enabled) {
        this.name = name;
        this.open = open;
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
                LOG.log(Level.WARNING, "upstream {0} fails too often: it gets no calls but one now and then", name);
            case HALF_OPEN_TO_CLOSED -> LOG.log(Level.INFO, "upstream {0} works again: it gets all calls", name);
            default -> LOG.log(Level.DEBUG, "upstream {0}: {1}", name, change);
        }
    }

    /** Fails where it is open, and no attempt is due. */
    void throwIfOpen() {
        if (breaker.getState() == State.OPEN && openedFor().compareTo(open) < 0) {
            throw refusal();
        }
    }

    /** Lets an attempt through, or fails. */
    Permit admit() {
        if (!breaker.tryAcquirePermission()) {
            throw refusal();
        }
        return new Permit(breaker.getState() == State.HALF_OPEN);
    }

    private Duration openedFor() {
        return Duration.ofNanos(System.nanoTime() - openedNanos);
    }

    private UpstreamException refusal() {
        Duration left = open.minus(openedFor());
        return new UpstreamException(
                ErrorCode.UPSTREAM_UNAVAILABLE,
                "The model's provider has failed too often, and is left alone for a moment.",
                false,
                left.compareTo(Duration.ZERO) > 0 ? left : SHORTLY,
                0,
                null);
    }

    /** Whether a failure speaks against the upstream's health, rather than against the request. */
    private static boolean counts(UpstreamException failure) {
        return switch (failure.code()) {
            case UPSTREAM_FAILED, UPSTREAM_UNAVAILABLE, UPSTREAM_TIMEOUT -> failure.status() / 100 != 4;
            default -> false;
        };
    }

    /** One attempt's leave, given back with what came of it. Belongs to the attempt's thread. */
    final class Permit {
        private final boolean probe;
        private boolean given = true;

        private Permit(boolean probe) {
            this.probe = probe;
        }

        void succeeded() {
            if (isFirst()) {
                breaker.onSuccess(0, TimeUnit.NANOSECONDS); // no call is too slow: timeouts are failures
            }
        }

        void failed(UpstreamException failure) {
            if (counts(failure) && isFirst()) {
                breaker.onError(0, TimeUnit.NANOSECONDS, failure);
            }
        }

        /** Gives it back where nothing came of it; without this, a probe that was cancelled would be the last one. */
        void close() {
            if (isFirst()) {
                breaker.releasePermission();
            }
        }

        /** Only the first report counts, and none of an attempt from before the trouble while a probe is out. */
        private boolean isFirst() {
            boolean first = given && (probe || breaker.getState() != State.HALF_OPEN);
            given = false;
            return first;
        }
    }
}
