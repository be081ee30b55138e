package org.o1api.conversation;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jspecify.annotations.Nullable;

/**
 * The database behind the store: opened when it is first needed, brought to its schema, and opened again when that failed.
 * While it is down, what needs it fails at once, and nothing else does.
 */
public final class Database implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Database.class.getName());

    /** Of H2, whose connections are no use after them: internal error, object closed, database closed, called at shutdown. */
    private static final Set<Integer> H2_ENDED = Set.of(50000, 90007, 90098, 90121);

    private static final long CONNECT_MILLIS = 5000;
    private static final long OPEN_MILLIS = 10_000;
    private static final int QUERY_SECONDS = 10;
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** H2 would lose the last commits in a kill, and close itself beside the turns that a shutdown still lets end. */
    private static final List<String> H2_OPTIONS = List.of("WRITE_DELAY=0", "DB_CLOSE_ON_EXIT=FALSE");

    private final ConversationSettings.Source source;
    private final String defaultUrl;
    private final ReentrantLock opening = new ReentrantLock();
    private volatile @Nullable HikariDataSource pool;
    private volatile @Nullable Jdbi jdbi;
    private volatile boolean closed;
    private volatile boolean failing;

    /** When it could not be reached last; whoever comes within the pause fails at once, since waiting takes a thread. */
    private volatile long unreachableNanos = System.nanoTime() - PAUSE_NANOS;

    /** The database of a source; nothing is opened yet. */
    public Database(ConversationSettings.Source source, Function<String, @Nullable String> systemProperties) {
        this.source = source;
        this.defaultUrl = "jdbc:h2:file:" + folder(systemProperties).resolve("conversations");
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

    /** What is done with a connection. */
    interface Work<T> {
        T with(Handle handle) throws SQLException;
    }

    /**
     * Works with a connection, each statement for itself.
     *
     * @throws ConversationException when the database is down
     */
    <T> T call(Work<T> work) {
        return guarded(() -> open().withHandle(work::with));
    }

    /**
     * Works with a connection, all of it or nothing.
     *
     * @throws ConversationException when the database is down; nothing is done then
     */
    <T> T transaction(Work<T> work) {
        return call(handle -> handle.inTransaction(work::with));
    }

    private interface Guarded<T> {
        T run() throws SQLException;
    }

    private <T> T guarded(Guarded<T> work) {
        if (System.nanoTime() - unreachableNanos < PAUSE_NANOS) {
            throw ConversationException.storeUnavailable(null);
        }
        try {
            T result = work.run();
            if (failing) {
                failing = false;
                LOG.log(Level.INFO, "the store of conversations works again");
            }
            return result;
        } catch (SQLException | JdbiException | FlywayException e) {
            if (e instanceof ConnectionException || e instanceof FlywayException) {
                unreachableNanos = System.nanoTime();
            }
            evictIfEnded(e);
            if (!failing) {
                failing = true;
                LOG.log(Level.WARNING, "the store of conversations failed: {0}", cause(e));
            }
            throw ConversationException.storeUnavailable(e);
        }
    }

    /** After a write that failed H2 closes itself, and only a new connection opens it again. */
    private void evictIfEnded(Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            HikariDataSource connections = pool;
            if (cause instanceof SQLException sql && connections != null && H2_ENDED.contains(sql.getErrorCode())) {
                connections.getHikariPoolMXBean().softEvictConnections();
                return;
            }
        }
    }

    /**
     * What went wrong, in the database's own words: those of JDBI would repeat what was to be stored, as the database's do where
     * a value or a constraint is what is wrong (SQL's classes 22 and 23).
     */
    private static String cause(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                String state = String.valueOf(sql.getSQLState());
                boolean ofValues = state.startsWith("22") || state.startsWith("23");
                return ofValues
                        ? "SQL state " + state
                        : state + " "
                                + String.valueOf(sql.getMessage())
                                        .lines()
                                        .findFirst()
                                        .orElse("");
            }
        }
        return failure instanceof FlywayException
                ? String.valueOf(failure.getMessage())
                : failure.getClass().getSimpleName();
    }

    private Jdbi open() throws SQLException {
        Jdbi opened = jdbi;
        if (opened != null) {
            return opened;
        }
        try {
            if (!opening.tryLock(OPEN_MILLIS, TimeUnit.MILLISECONDS)) {
                throw ConversationException.storeUnavailable(null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ConversationException.storeUnavailable(e);
        }
        try {
            opened = jdbi;
            if (opened != null) {
                return opened;
            }
            if (closed || System.nanoTime() - unreachableNanos < PAUSE_NANOS) {
                throw ConversationException.storeUnavailable(null);
            }
            DataSource connections = connections();
            Flyway.configure(Database.class.getClassLoader())
                    .dataSource(connections)
                    .locations("classpath:db")
                    .baselineOnMigrate(true) // the schema may have tables of others
                    .baselineVersion("0")
                    .load()
                    .migrate();
            opened = Jdbi.create(() -> committing(connections));
            if (isOurs()) {
                opened.useHandle(handle -> handle.execute("DELETE FROM lease")); // of a process that was killed
            }
            // Our own pool's have a bound by their URL, and are faster without this one.
            if (source instanceof ConversationSettings.Source.Jndi) {
                opened.getConfig(SqlStatements.class).setQueryTimeout(QUERY_SECONDS);
            }
            jdbi = opened;
            return opened;
        } finally {
            opening.unlock();
        }
    }

    /** A container's pool may hand out connections that commit nothing by themselves; it sets them back when it has them again. */
    private static Connection committing(DataSource connections) throws SQLException {
        Connection connection = connections.getConnection();
        if (!connection.getAutoCommit()) {
            connection.setAutoCommit(true);
        }
        return connection;
    }

    /** Whether nobody else can have the database open: a file of H2, which locks it. */
    private boolean isOurs() {
        if (!(source instanceof ConversationSettings.Source.Url by)) {
            return false;
        }
        String url = by.url() == null ? defaultUrl : by.url();
        return url.startsWith("jdbc:h2:file:") && !url.toUpperCase(Locale.ROOT).contains(";AUTO_SERVER=TRUE");
    }

    private DataSource connections() throws SQLException {
        if (source instanceof ConversationSettings.Source.Jndi jndi) {
            return lookUp(jndi.name());
        }
        if (pool == null) {
            pool = new HikariDataSource(pooled((ConversationSettings.Source.Url) source));
        }
        return pool;
    }

    private HikariConfig pooled(ConversationSettings.Source.Url by) {
        String url = by.url() == null ? defaultUrl : by.url();
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

    /** Closes the connections. */
    @Override
    public void close() {
        opening.lock();
        try {
            closed = true;
            jdbi = null;
            if (pool != null) {
                pool.close();
            }
        } finally {
            opening.unlock();
        }
    }

    /** Takes back the drivers that came with the web application: the JVM would hold them, and the application with them. */
    public static void forgetDrivers() {
        ClassLoader ours = Database.class.getClassLoader();
        for (Driver driver : Collections.list(DriverManager.getDrivers())) {
            if (driver.getClass().getClassLoader() == ours) {
                try {
                    DriverManager.deregisterDriver(driver);
                } catch (SQLException e) {
                    LOG.log(Level.WARNING, "a driver could not be taken back", e);
                }
            }
        }
    }
}
