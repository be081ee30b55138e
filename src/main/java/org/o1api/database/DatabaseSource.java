package org.o1api.database;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where the connections to the database come from. */
public sealed interface DatabaseSource {
    /** The maximum number of connections in use at the same time. */
    int connections();

    /**
     * A JDBC URL.
     *
     * @param url null: an embedded database in the server's data folder
     */
    record Url(
            @Nullable String url,
            @Nullable String user,
            @Nullable String password,
            int connections) implements DatabaseSource {
        public static final Url DEFAULT = new Url(null, null, null, 10);

        private static final Pattern H2_FILE =
                Pattern.compile("jdbc:h2:(file:.+|~/.+|\\.{1,2}/.+|/.+|[A-Za-z]:[/\\\\].+)");

        /** Whether the URL is that of an H2 file, which only one application can open at a time. */
        public static boolean isH2File(String url) {
            return H2_FILE.matcher(url).matches();
        }

        @Override
        public String toString() {
            return "a database by URL"; // without the URL, which may contain a password
        }
    }

    /** A {@code DataSource} of the servlet container, by its JNDI name. */
    record Jndi(String name, int connections) implements DatabaseSource {}
}
