package org.o1api.turn;

import java.time.Duration;

/**
 * How many turns run at once, and how they end when the gateway stops.
 *
 * @param all turns at once; one more is refused with 503
 * @param perCaller turns of one caller at once; one more is refused with 429
 * @param grace how long turns in flight may go on when the gateway stops
 */
public record TurnLimits(int all, int perCaller, Duration grace) {
    public static final TurnLimits DEFAULT = new TurnLimits(4096, 1024, Duration.ofSeconds(30));
}
