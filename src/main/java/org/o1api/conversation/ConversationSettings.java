package org.o1api.conversation;

import java.time.Duration;
import org.o1api.database.DatabaseSource;

/**
 * Where conversations are kept, and how long.
 *
 * @param waitTimeout how long a turn waits for an earlier one of its conversation
 * @param lease after how long the turn of a node that died gives its conversation up
 * @param timeToLive how long a conversation is kept after its last turn
 * @param maxPerCaller conversations of one caller; of more the longest unused ones go
 * @param maxBytesPerCaller what the conversations of one caller may occupy; above it nothing more is stored
 */
public record ConversationSettings(
        DatabaseSource source,
        Duration waitTimeout,
        Duration lease,
        Duration timeToLive,
        int maxPerCaller,
        long maxBytesPerCaller) {
    public static final ConversationSettings DEFAULT = new ConversationSettings(
            DatabaseSource.Url.DEFAULT,
            Duration.ofSeconds(30),
            Duration.ofSeconds(15),
            Duration.ofDays(30),
            10_000,
            1L << 30);
}
