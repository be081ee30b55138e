package org.o1api.conversation;

import java.time.Duration;
import org.o1api.database.DatabaseSource;

/**
 * Settings of the conversation database.
 *
 * @param waitTimeout how long a turn waits for an earlier turn of its conversation
 * @param leaseDuration the time after which the lease of a dead node expires
 * @param timeToLive how long after its last turn a conversation is deleted
 * @param maxPerCaller named conversations of one caller; beyond it the least recently used ones are deleted
 * @param maxResponsesPerCaller unnamed conversations of one caller; beyond it the least recently used ones are deleted
 * @param maxBytesPerCaller storage of one caller's conversations; beyond it unnamed ones are deleted, and nothing is stored if the
 *     others exceed it
 */
public record ConversationSettings(
        DatabaseSource source,
        Duration waitTimeout,
        Duration leaseDuration,
        Duration timeToLive,
        int maxPerCaller,
        int maxResponsesPerCaller,
        long maxBytesPerCaller) {
    public static final ConversationSettings DEFAULT = new ConversationSettings(
            DatabaseSource.Url.DEFAULT,
            Duration.ofSeconds(30),
            Duration.ofSeconds(15),
            Duration.ofDays(30),
            10_000,
            10_000,
            1L << 30);
}
