package org.o1api.server;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of streamed responses.
 *
 * @param heartbeat maximum time without output once a stream was started; null: no heartbeats, so that a disconnect
 *     is only noticed when there is text to send
 * @param beginAfter the time after which a response is started even if there is nothing to send yet
 * @param statusFeedback whether a response is started as soon as the provider has accepted the call
 * @param writeTimeout the maximum duration of one write; then the client counts as disconnected
 * @param jsonHeartbeat the heartbeat interval of JSON responses, whose heartbeat is white space before the JSON.
 *     Such a response is started after this interval, but not before {@code beginAfter}; until then a failure still has
 *     its own status. Null: no heartbeats, so that a disconnect is not noticed
 */
public record StreamSettings(
        @Nullable Duration heartbeat,
        Duration beginAfter,
        boolean statusFeedback,
        Duration writeTimeout,
        @Nullable Duration jsonHeartbeat) {
    public static final StreamSettings DEFAULT = new StreamSettings(
            Duration.ofMillis(500), Duration.ofSeconds(1), true, Duration.ofSeconds(10), Duration.ofSeconds(15));

    /** Returns the settings of a JSON response with this heartbeat interval. */
    StreamSettings forJson(Duration interval) {
        Duration startAfter = interval.compareTo(beginAfter) > 0 ? interval : beginAfter;
        return new StreamSettings(interval, startAfter, false, writeTimeout, interval);
    }
}
