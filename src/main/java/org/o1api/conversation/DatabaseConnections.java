package org.o1api.conversation;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Where connections to the database come from: a pool of ours, or the container's. */
final class DatabaseConnections implements AutoCloseable {
    /** How long a statement may take. */
    static final int QUERY_SECONDS = 10;

    private static final long CONNECT_MILLIS = 5000;

    /** Of H2, whose connections are no use after them: internal error, object closed, database closed, called at shutdown. */
    private static final Set<Integer> H2_ENDED = Set.of(50000, 90007, 90098, 90121);

    /** H2 would lose the last commits in a kill, and close itself beside the turns that a shutdown still lets end. */
    private static final List<String> H2_OPTIONS = List.of("WRITE_DELAY=0", "DB_CLOSE_ON_EXIT=FALSE");

    private final ConversationSettings.Source source;

    /** Null where the container has the pool. */
    private final @Nullable String url;

    private volatile @Nullable HikariDataSource pool;

    DatabaseConnections(ConversationSettings.Source source, Function<String, @Nullable String> systemProperties) {
        this.source = source;
        if (source instanceof ConversationSettings.Source.Url by) {
            url = by.url() == null ? "jdbc:h2:file:" + folder(systemProperties).resolve("conversations") : by.url();
        } else {
            url = null;
        }
    }

    /** Where the server keeps its own data. */
    private static Path folder(Function<String, @Nullable String> systemProperties) {
        String own = systemProperties.apply("o1api.data");
        if (own != null) {
            return Path.of(own).toAbsolutePath();
        }
        for (String server : new String[] {"catalina.base", "jetty.base"}) {
            String base = systemProperties.apply(server);
            if (base != null) {
                return Path.of(base, "data", "o1-api").toAbsolutePath();
            }
        }
        return Path.of("data", "o1-api").toAbsolutePath();
    }

    /** Opens them, or gives what is open; called by one thread at a time. */
    DataSource open() throws SQLException {
        if (source instanceof ConversationSettings.Source.Jndi jndi) {
            return lookUp(jndi.name());
        }
        HikariDataSource opened = pool;
        if (opened == null) {
            opened = new HikariDataSource(pooled((ConversationSettings.Source.Url) source, String.valueOf(url)));
            pool = opened;
        }
        return opened;
    }

    /** Whether the pool is ours. */
    boolean arePooledHere() {
        return url != null;
    }

    /** Whether nobody else can have the database open: a file of H2, which locks it. */
    boolean areOurs() {
        return url != null
                && url.startsWith("jdbc:h2:file:")
                && !url.toUpperCase(Locale.ROOT).contains(";AUTO_SERVER=TRUE");
    }

    /** A container's pool may hand out connections that commit nothing by themselves; it sets them back when it has them again. */
    static Connection committing(DataSource connections) throws SQLException {
        Connection connection = connections.getConnection();
        if (!connection.getAutoCommit()) {
            connection.setAutoCommit(true);
        }
        return connection;
    }

    /** After a write that failed H2 closes itself, and only a new connection opens it again. */
    void evictIfEnded(Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            HikariDataSource connections = pool;
            if (cause instanceof SQLException sql && connections != null && H2_ENDED.contains(sql.getErrorCode())) {
                connections.getHikariPoolMXBean().softEvictConnections();
                return;
            }
        }
    }

    private static HikariConfig pooled(ConversationSettings.Source.Url by, String url) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("o1-api-conversations");
        config.setMaximumPoolSize(by.connections());
        config.setConnectionTimeout(CONNECT_MILLIS);
        config.setInitializationFailTimeout(-1);
        if (by.user() != null) {
            config.setUsername(by.user());
        }
        if (by.password() != null) {
            config.setPassword(by.password());
        }
        // By name: a server finds drivers by itself only where it had them at its own start.
        if (url.startsWith("jdbc:h2:")) {
            config.setDriverClassName("org.h2.Driver");
            config.setJdbcUrl(withOptions(url));
        } else {
            config.setDriverClassName("org.postgresql.Driver");
            config.setJdbcUrl(url);
            // As text: drivers take nothing else from properties.
            config.addDataSourceProperty("connectTimeout", String.valueOf(CONNECT_MILLIS / 1000));
            config.addDataSourceProperty("socketTimeout", String.valueOf(QUERY_SECONDS));
            config.addDataSourceProperty("tcpKeepAlive", "true");
        }
        return config;
    }

    /** The URL with our options, but for those that it sets itself. */
    private static String withOptions(String url) {
        StringBuilder all = new StringBuilder(url);
        for (String option : H2_OPTIONS) {
            String name = option.substring(0, option.indexOf('='));
            if (!url.toUpperCase(Locale.ROOT).contains(";" + name + "=")) {
                all.append(';').append(option);
            }
        }
        return all.toString();
    }

    @SuppressWarnings("BanJNDI") // the operator's own name of the container's resource
    private static DataSource lookUp(String name) throws SQLException {
        try {
            for (String prefix : new String[] {"java:comp/env/", ""}) {
                try {
                    if (InitialContext.doLookup(prefix + name) instanceof DataSource found) {
                        return found;
                    }
                } catch (NamingException e) {
                    if (prefix.isEmpty()) {
                        throw e;
                    }
                }
            }
            throw new SQLException("conversations.jndi: '" + name + "' is no DataSource");
        } catch (NamingException e) {
            throw new SQLException("conversations.jndi: '" + name + "' is not there", e);
        }
    }

    @Override
    public void close() {
        HikariDataSource opened = pool;
        if (opened != null) {
            opened.close();
        }
    }
}
