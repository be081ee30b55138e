package org.o1api.database;

import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jspecify.annotations.Nullable;
import org.o1api.model.FailureLog;
import org.o1api.model.PeriodicTask;

/**
 * The database behind the store. Once it is known to be unreachable, everything that needs it fails immediately, while one task in
 * the background looks whether it is back; only that task decides. {@link CallLimiter} bounds the threads that wait until then.
 */
public final class Database implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Database.class.getName());

    private static final Duration CHECK = Duration.ofSeconds(1);
    private static final long OPEN_MILLIS = 10_000;

    private final DatabaseConnections connections;
    private final UnaryOperator<DataSource> instrument;
    private final CallLimiter limiter;
    private final FailureLog failures = new FailureLog(LOG);

    /** Held while the database is opened or looked for. */
    private final ReentrantLock checking = new ReentrantLock();

    /** Null until it has been opened for the first time. */
    private volatile @Nullable Jdbi jdbi;

    private volatile boolean down;
    private volatile boolean closed;

    /** Whether a call failed as if the database were unreachable, so that somebody should look. */
    private volatile boolean suspected;

    /**
     * The database of a source; nothing is opened yet.
     *
     * @param contextPath of the web application: each has an embedded database of its own
     */
    public Database(DatabaseSource source, Function<String, @Nullable String> systemProperties, String contextPath) {
        this(source, systemProperties, contextPath, UnaryOperator.identity());
    }

    /** The same with something around its connections, which tests use to look and to fail. */
    public Database(
            DatabaseSource source,
            Function<String, @Nullable String> systemProperties,
            String contextPath,
            UnaryOperator<DataSource> instrument) {
        this.connections = new DatabaseConnections(source, systemProperties, contextPath);
        this.instrument = instrument;
        this.limiter = new CallLimiter(source.connections());
    }

    /** Opens the database in the background, and looks for it there when it is unreachable. */
    public PeriodicTask startMonitoring(ScheduledExecutorService scheduler) {
        return PeriodicTask.start("database", Duration.ZERO, CHECK, this::look, scheduler);
    }

    private void look() {
        if ((jdbi == null || down || suspected) && checking.tryLock()) {
            try {
                check();
            } finally {
                checking.unlock();
            }
        }
    }

    /** What is done with a connection. */
    public interface Callback<T> {
        T apply(Handle handle) throws SQLException;
    }

    /**
     * Works with a connection, each statement for itself.
     *
     * @throws DatabaseUnavailableException if the database is unreachable or a statement fails
     */
    public <T> T withHandle(Callback<T> work) {
        if (down || !limiter.acquire(() -> down)) {
            throw new DatabaseUnavailableException(null);
        }
        try {
            return opened().withHandle(work::apply);
        } catch (SQLException | JdbiException e) {
            connections.evictIfDatabaseClosed(e);
            report(DatabaseFailure.of(e));
            throw new DatabaseUnavailableException(e);
        } finally {
            limiter.release();
        }
    }

    /**
     * Works with a connection, all of it or nothing.
     *
     * @throws DatabaseUnavailableException if the database is unreachable or a statement fails; nothing is done then
     */
    public <T> T inTransaction(Callback<T> work) {
        return withHandle(handle -> handle.inTransaction(work::apply));
    }

    private void report(DatabaseFailure failure) {
        suspected |= failure.isConnectionFailure();
        failures.warning(failure.kind(), "conversation database failed: " + failure.message());
    }

    /** The first call opens the database, or waits until another thread has. */
    private Jdbi opened() {
        Jdbi opened = jdbi;
        if (opened == null) {
            opened = open();
        }
        if (opened == null) {
            throw new DatabaseUnavailableException(null);
        }
        return opened;
    }

    private @Nullable Jdbi open() {
        try {
            if (!checking.tryLock(OPEN_MILLIS, TimeUnit.MILLISECONDS)) {
                return null;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
        try {
            if (jdbi == null && !down) {
                check();
            }
            return jdbi;
        } finally {
            checking.unlock();
        }
    }

    /** Looks whether the database can be reached, and opens it if that has not been done; for one thread at a time. */
    private void check() {
        if (closed) {
            return;
        }
        boolean failedBefore = down || suspected;
        suspected = false;
        try {
            connect();
            down = false;
            if (failedBefore) {
                LOG.log(Level.INFO, "conversation database is available");
            }
        } catch (SQLException | RuntimeException e) { // also what a driver, the pool or a migration throws
            down = true;
            report(DatabaseFailure.whileConnecting(e));
        }
    }

    private void connect() throws SQLException {
        Connection direct = connections.connectDirectly(); // fails at once if the server refuses, and says why
        try {
            Jdbi found = jdbi == null ? migrated() : jdbi;
            found.useHandle(handle -> handle.execute("SELECT 1")); // the pool has to have noticed too
            jdbi = found;
        } finally {
            if (direct != null) {
                direct.close();
            }
        }
    }

    private Jdbi migrated() throws SQLException {
        DataSource found = instrument.apply(connections.openPool());
        Flyway.configure(Database.class.getClassLoader())
                .dataSource(found)
                .locations("classpath:db")
                .callbacks(new MigrationTimeout())
                .baselineOnMigrate(true) // the schema may have tables of others
                .baselineVersion("0")
                .load()
                .migrate();
        Jdbi opened = Jdbi.create(() -> DatabaseConnections.autoCommitConnection(found));
        if (connections.isExclusive()) {
            opened.useHandle(handle -> handle.execute("DELETE FROM lease")); // of a process that was killed
        }
        if (!connections.hasOwnPool()) { // ours have a bound in their URL, and are faster without this one
            opened.getConfig(SqlStatements.class).setQueryTimeout(DatabaseConnections.QUERY_TIMEOUT_SECONDS);
        }
        return opened;
    }

    /** Closes the connections. */
    @Override
    public void close() {
        checking.lock();
        try {
            closed = true;
            down = true;
            jdbi = null;
            connections.close();
        } finally {
            checking.unlock();
        }
    }

    /** Deregisters the drivers that came with the web application: the JVM would hold them, and the application with them. */
    public static void deregisterDrivers() {
        ClassLoader ours = Database.class.getClassLoader();
        for (Driver driver : Collections.list(DriverManager.getDrivers())) {
            if (driver.getClass().getClassLoader() == ours) {
                try {
                    DriverManager.deregisterDriver(driver);
                } catch (SQLException e) {
                    LOG.log(Level.WARNING, "could not deregister a JDBC driver", e);
                }
            }
        }
    }
}
