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

/** Where connections to the database come from: a pool of ours, or the container's. */
final class DatabaseConnections implements AutoCloseable {
    /** How long a statement may take. */
    static final int QUERY_TIMEOUT_SECONDS = 10;

    private static final long CONNECT_MILLIS = 5000;

    /** H2 would lose the last commits in a kill, and close itself beside the turns that a shutdown still lets end. */
    private static final List<String> H2_OPTIONS = List.of("WRITE_DELAY=0", "DB_CLOSE_ON_EXIT=FALSE");

    private final DatabaseSource source;

    /** Null where the container has the pool. */
    private final @Nullable String url;

    /** Connections without the pool. */
    private @Nullable DataSource direct;

    private volatile @Nullable HikariDataSource pool;

    /**
     * The connections of a source; nothing is opened yet.
     *
     * @param contextPath decides the folder of the embedded database
     */
    DatabaseConnections(
            DatabaseSource source, Function<String, @Nullable String> systemProperties, String contextPath) {
        this.source = source;
        if (source instanceof DatabaseSource.Url by) {
            url = by.url() == null
                    ? "jdbc:h2:file:"
                            + DataFolder.of(systemProperties, contextPath).resolve("conversations")
                    : by.url();
        } else {
            url = null;
        }
    }

    /**
     * Connects without the pool, which would wait for a server that refuses and hide why. The caller closes the connection. Called
     * by one thread at a time.
     *
     * @return null where the container has the pool
     */
    @Nullable
    Connection connectDirectly() throws SQLException {
        return source instanceof DatabaseSource.Url by ? direct(by).getConnection() : null;
    }

    private DataSource direct(DatabaseSource.Url by) {
        DataSource found = direct;
        if (found == null) {
            found = direct(by, String.valueOf(url));
            direct = found;
        }
        return found;
    }

    /** Opens the pool, or returns the open one; called by one thread at a time. */
    DataSource openPool() throws SQLException {
        if (source instanceof DatabaseSource.Jndi jndi) {
            return lookUp(jndi.name());
        }
        HikariDataSource opened = pool;
        if (opened == null) {
            opened = new HikariDataSource(pooled(source.connections(), direct((DatabaseSource.Url) source)));
            pool = opened;
        }
        return opened;
    }

    /** Whether the pool is ours. */
    boolean hasOwnPool() {
        return url != null;
    }

    /** Whether nobody else can have the database open: a file of H2, which locks it. */
    boolean isExclusive() {
        return url != null
                && DatabaseSource.Url.isH2File(url)
                && !url.toUpperCase(Locale.ROOT).contains(";AUTO_SERVER=TRUE");
    }

    /** A container's pool may hand out connections that commit nothing by themselves; it sets them back when it has them again. */
    static Connection autoCommitConnection(DataSource connections) throws SQLException {
        Connection connection = connections.getConnection();
        if (!connection.getAutoCommit()) {
            connection.setAutoCommit(true);
        }
        return connection;
    }

    /** After a write that failed H2 closes itself, and only a new connection opens it again. */
    void evictIfDatabaseClosed(Throwable failure) {
        HikariDataSource connections = pool;
        if (connections != null && DatabaseFailure.isDatabaseClosed(failure)) {
            connections.getHikariPoolMXBean().softEvictConnections();
        }
    }

    private static HikariConfig pooled(int connections, DataSource source) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("o1-api-conversations");
        config.setMaximumPoolSize(connections);
        config.setConnectionTimeout(CONNECT_MILLIS);
        config.setInitializationFailTimeout(-1);
        config.setDataSource(source);
        return config;
    }

    /** The driver by name: a server finds drivers by itself only where it had them at its own start. */
    private static DataSource direct(DatabaseSource.Url by, String url) {
        Properties properties = new Properties();
        boolean h2 = url.startsWith("jdbc:h2:");
        if (!h2) {
            // As text: drivers take nothing else from properties.
            properties.setProperty("connectTimeout", String.valueOf(CONNECT_MILLIS / 1000));
            properties.setProperty("socketTimeout", String.valueOf(QUERY_TIMEOUT_SECONDS));
            properties.setProperty("tcpKeepAlive", "true");
        }
        String driver = h2 ? "org.h2.Driver" : "org.postgresql.Driver";
        try {
            Class.forName(driver); // registers itself; otherwise the data source warns
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("JDBC driver not found: " + driver, e);
        }
        return new DriverDataSource(h2 ? withOptions(url) : url, driver, properties, by.user(), by.password());
    }

    /** The URL with our options, except those that it sets itself. */
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
