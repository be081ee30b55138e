package org.o1api.database;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where the database is. */
public sealed interface DatabaseSource {
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
            int connections) implements DatabaseSource {
        public static final Url DEFAULT = new Url(null, null, null, 10);

        private static final Pattern H2_FILE =
                Pattern.compile("jdbc:h2:(file:.+|~/.+|\\.{1,2}/.+|/.+|[A-Za-z]:[/\\\\].+)");

        /** Whether a URL is that of a file of H2, which one application at a time can open. */
        public static boolean isH2File(String url) {
            return H2_FILE.matcher(url).matches();
        }

        @Override
        public String toString() {
            return "a database by URL"; // which may hold a password
        }
    }

    /** The container's own {@code DataSource}, by its name there. */
    record Jndi(String name, int connections) implements DatabaseSource {}
}
