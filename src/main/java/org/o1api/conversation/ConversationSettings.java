package org.o1api.conversation;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where conversations are kept, and how long.
 *
 * @param patience how long a turn waits for an earlier one of its conversation
 * @param lease after how long the turn of a node that died gives its conversation up
 * @param timeToLive how long a conversation is kept after its last turn
 * @param perCaller conversations of one caller; of more the longest unused ones go
 */
public record ConversationSettings(
        Source source, Duration patience, Duration lease, Duration timeToLive, int perCaller) {
    /** Where the database is. */
    public sealed interface Source {
        /**
         * By its JDBC URL.
         *
         * @param url null: an embedded database in the server's own folder
         * @param connections at once
         */
        record Url(
                @Nullable String url,
                @Nullable String user,
                @Nullable String password,
                int connections) implements Source {
            public static final Url DEFAULT = new Url(null, null, null, 10);

            @Override
            public String toString() {
                return "a database by URL"; // which may hold a password
            }
        }

        /** The container's own {@code DataSource}, by its name there. */
        record Jndi(String name) implements Source {}
    }

    public static final ConversationSettings DEFAULT = new ConversationSettings(
            Source.Url.DEFAULT, Duration.ofSeconds(30), Duration.ofSeconds(15), Duration.ofDays(30), 10_000);
}
