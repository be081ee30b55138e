package org.o1api.turn;

import java.time.Duration;

/**
 * How many requests run at the same time, and how they end when the gateway stops. Requests for conversations count as turns.
 *
 * @param maxConcurrent turns at the same time; above it the answer is 503
 * @param maxConcurrentPerCaller turns of one caller at the same time; above it the answer is 429
 * @param grace how long running turns may go on when the gateway stops
 */
public record TurnLimits(int maxConcurrent, int maxConcurrentPerCaller, Duration grace) {
    public static final TurnLimits DEFAULT = new TurnLimits(4096, 4096, Duration.ofSeconds(30));
}
