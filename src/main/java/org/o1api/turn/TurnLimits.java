package org.o1api.turn;

import java.time.Duration;

/**
 * Concurrency limits, and the time to finish during shutdown. Conversation requests count as turns.
 *
 * @param maxConcurrent the maximum number of concurrent turns; above it requests get status 503
 * @param maxConcurrentPerCaller the maximum number of concurrent turns per caller; above it requests get status 429
 * @param grace how long running turns may continue when the gateway stops
 */
public record TurnLimits(int maxConcurrent, int maxConcurrentPerCaller, Duration grace) {
    public static final TurnLimits DEFAULT = new TurnLimits(4096, 4096, Duration.ofSeconds(30));
}
