package org.o1api.conversation;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where conversations are kept, and how long.
 *
 * @param patience how long a turn waits for an earlier one of its conversation
 * @param lease after how long the turn of a node that died gives its conversation up
 * @param timeToLive how long a conversation is kept after its last turn
 * @param perCaller conversations of one caller; of more the longest unused ones go
 * @param bytesPerCaller what the conversations of one caller may occupy; above it nothing more is stored
 */
public record ConversationSettings(
        Source source, Duration patience, Duration lease, Duration timeToLive, int perCaller, long bytesPerCaller) {
    /** Where the database is. */
    public sealed interface Source {
        /** Connections that are used at the same time, at most. */
        int connections();

        /**
         * By its JDBC URL.
         *
         * @param url null: an embedded database in the server's own folder
         */
        record Url(
                @Nullable String url,
                @Nullable String user,
                @Nullable String password,
                int connections) implements Source {
            public static final Url DEFAULT = new Url(null, null, null, 10);

            private static final Pattern H2_FILE =
                    Pattern.compile("jdbc:h2:(file:.+|~/.+|\\.{1,2}/.+|/.+|[A-Za-z]:[/\\\\].+)");

            /** Whether a URL is that of a file of H2, which one application at a time can open. */
            public static boolean isFileOfH2(String url) {
                return H2_FILE.matcher(url).matches();
            }

            @Override
            public String toString() {
                return "a database by URL"; // which may hold a password
            }
        }

        /** The container's own {@code DataSource}, by its name there. */
        record Jndi(String name, int connections) implements Source {}
    }

    public static final ConversationSettings DEFAULT = new ConversationSettings(
            Source.Url.DEFAULT, Duration.ofSeconds(30), Duration.ofSeconds(15), Duration.ofDays(30), 10_000, 1L << 30);
}
