package org.o1api.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.DriverDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.function.Function;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Connections to the database, from our own pool or from the container's {@code DataSource}. */
final class DatabaseConnections implements AutoCloseable {
    /** Timeout of a statement. */
    static final int QUERY_TIMEOUT_SECONDS = 10;

    private static final long CONNECT_TIMEOUT_MILLIS = 5000;

    /**
     * Without these options H2 can lose the last commits if the process is killed, and closes itself at shutdown while
     * turns are still running.
     */
    private static final List<String> H2_OPTIONS = List.of("WRITE_DELAY=0", "DB_CLOSE_ON_EXIT=FALSE");

    private final DatabaseSource source;

    /** Null if the connections come from the container. */
    private final @Nullable String url;

    /** Opens connections without the pool. */
    private @Nullable DataSource directSource;

    private volatile @Nullable HikariDataSource pool;

    /**
     * Configures the connections without opening any.
     *
     * @param contextPath decides the folder of the embedded database
     */
    DatabaseConnections(
            DatabaseSource source, Function<String, @Nullable String> systemProperties, String contextPath) {
        this.source = source;
        if (source instanceof DatabaseSource.Url urlSource) {
            url = urlSource.url() == null
                    ? "jdbc:h2:file:"
                            + DataFolder.of(systemProperties, contextPath).resolve("conversations")
                    : urlSource.url();
        } else {
            url = null;
        }
    }

    /**
     * Connects without the pool, which would hide the reason of a failure and wait until its timeout. The caller closes
     * the connection. Only one thread at a time may call this.
     *
     * @return null if the connections come from the container
     */
    @Nullable
    Connection connectDirectly() throws SQLException {
        return source instanceof DatabaseSource.Url urlSource
                ? directSource(urlSource).getConnection()
                : null;
    }

    private DataSource directSource(DatabaseSource.Url urlSource) {
        DataSource found = directSource;
        if (found == null) {
            found = createDirectSource(urlSource, String.valueOf(url));
            directSource = found;
        }
        return found;
    }

    /** Opens the pool or returns the open one. Only one thread at a time may call this. */
    DataSource openPool() throws SQLException {
        if (source instanceof DatabaseSource.Jndi jndi) {
            return lookUp(jndi.name());
        }
        HikariDataSource opened = pool;
        if (opened == null) {
            opened = new HikariDataSource(poolConfig(source.connections(), directSource((DatabaseSource.Url) source)));
            pool = opened;
        }
        return opened;
    }

    /** Whether the connections come from our own pool rather than the container's. */
    boolean hasOwnPool() {
        return url != null;
    }

    /** Whether no other process can have the database open: it is an H2 file, which is locked. */
    boolean isExclusive() {
        return url != null
                && DatabaseSource.Url.isH2File(url)
                && !url.toUpperCase(Locale.ROOT).contains(";AUTO_SERVER=TRUE");
    }

    /** A connection with auto-commit. A container's pool may hand out connections without it; it resets them on return. */
    static Connection autoCommitConnection(DataSource connections) throws SQLException {
        Connection connection = connections.getConnection();
        if (!connection.getAutoCommit()) {
            connection.setAutoCommit(true);
        }
        return connection;
    }

    /** Replaces the pooled connections if the failure means that H2 has closed itself, as it does after a failed write. */
    void evictIfDatabaseClosed(Throwable failure) {
        HikariDataSource connections = pool;
        if (connections != null && DatabaseFailure.isDatabaseClosed(failure)) {
            connections.getHikariPoolMXBean().softEvictConnections();
        }
    }

    private static HikariConfig poolConfig(int connections, DataSource source) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("o1-api-conversations");
        config.setMaximumPoolSize(connections);
        config.setConnectionTimeout(CONNECT_TIMEOUT_MILLIS);
        config.setInitializationFailTimeout(-1);
        config.setDataSource(source);
        return config;
    }

    /**
     * Loads the driver by name: {@code DriverManager} finds only drivers that were on the class path when the server
     * started.
     */
    private static DataSource createDirectSource(DatabaseSource.Url urlSource, String url) {
        Properties properties = new Properties();
        boolean h2 = url.startsWith("jdbc:h2:");
        if (!h2) {
            // drivers accept only strings as properties
            properties.setProperty("connectTimeout", String.valueOf(CONNECT_TIMEOUT_MILLIS / 1000));
            properties.setProperty("socketTimeout", String.valueOf(QUERY_TIMEOUT_SECONDS));
            properties.setProperty("tcpKeepAlive", "true");
        }
        String driver = h2 ? "org.h2.Driver" : "org.postgresql.Driver";
        try {
            Class.forName(driver); // the driver registers itself; otherwise the data source logs a warning
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("JDBC driver not found: " + driver, e);
        }
        return new DriverDataSource(
                h2 ? withOptions(url) : url, driver, properties, urlSource.user(), urlSource.password());
    }

    /** Adds {@link #H2_OPTIONS} to a URL, except those that it sets. */
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

    @SuppressWarnings("BanJNDI") // the name comes from the configuration
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
            throw new SQLException("conversations.jndi: '" + name + "' is not a DataSource");
        } catch (NamingException e) {
            throw new SQLException("conversations.jndi: '" + name + "' was not found in JNDI", e);
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
