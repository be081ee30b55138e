package org.o1api.server;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How replies are written that come to be while they are sent.
 *
 * @param heartbeat a stream that has begun is never silent for longer; null: no comments are sent, and a client that has
 *     disconnected is noticed only when there is text to send
 * @param beginAfter a response begins then, though nothing can be shown yet
 * @param statusFeedback whether a response begins as soon as the upstream has accepted the call
 * @param writeTimeout a client that takes nothing for so long is left
 * @param jsonHeartbeat the heartbeat of replies that are one JSON text, as white space before it. Such a reply begins after that
 *     silence and no sooner than {@code beginAfter}: until then its failure has a status. Null: it has none, and a client that has
 *     disconnected is not noticed
 */
public record StreamSettings(
        @Nullable Duration heartbeat,
        Duration beginAfter,
        boolean statusFeedback,
        Duration writeTimeout,
        @Nullable Duration jsonHeartbeat) {
    public static final StreamSettings DEFAULT = new StreamSettings(
            Duration.ofMillis(500), Duration.ofSeconds(1), true, Duration.ofSeconds(10), Duration.ofSeconds(15));

    /** The settings for a reply of one JSON text with this heartbeat. */
    StreamSettings forJson(Duration interval) {
        Duration startAfter = interval.compareTo(beginAfter) > 0 ? interval : beginAfter;
        return new StreamSettings(interval, startAfter, false, writeTimeout, interval);
    }
}
