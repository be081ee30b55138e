package org.o1api.server;

import java.time.Duration;

/**
 * How event streams are written.
 *
 * @param heartbeat a stream that has begun never stays silent for longer
 * @param beginAfter a response begins then, though nothing can be shown yet
 * @param statusFeedback whether a response begins as soon as the upstream has accepted the call
 * @param writeTimeout a client that takes nothing for so long is left
 */
public record StreamSettings(Duration heartbeat, Duration beginAfter, boolean statusFeedback, Duration writeTimeout) {
    public static final StreamSettings DEFAULT =
            new StreamSettings(Duration.ofMillis(500), Duration.ofSeconds(1), true, Duration.ofSeconds(10));
}
