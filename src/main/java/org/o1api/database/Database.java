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
 * The conversation database. While it is known to be unreachable, every access fails immediately; a background task
 * tries to reconnect, and only that task changes the state. Until the failure is detected, {@link CallLimiter} limits
 * the waiting threads.
 */
public final class Database implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Database.class.getName());

    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);
    private static final long OPEN_TIMEOUT_MILLIS = 10_000;

    private final DatabaseConnections connections;
    private final UnaryOperator<DataSource> instrument;
    private final CallLimiter limiter;
    private final FailureLog failures = new FailureLog(LOG);

    /** Held while a thread opens or checks the database. */
    private final ReentrantLock checking = new ReentrantLock();

    /** Null until the database has been opened for the first time. */
    private volatile @Nullable Jdbi jdbi;

    private volatile boolean down;
    private volatile boolean closed;

    /** Whether a call failed with a connection error, so that the next check has to connect. */
    private volatile boolean suspected;

    /**
     * Creates the database without opening it.
     *
     * @param contextPath of the web application, which decides the folder of the embedded database
     */
    public Database(DatabaseSource source, Function<String, @Nullable String> systemProperties, String contextPath) {
        this(source, systemProperties, contextPath, UnaryOperator.identity());
    }

    /** The same with instrumented connections, for tests. */
    public Database(
            DatabaseSource source,
            Function<String, @Nullable String> systemProperties,
            String contextPath,
            UnaryOperator<DataSource> instrument) {
        this.connections = new DatabaseConnections(source, systemProperties, contextPath);
        this.instrument = instrument;
        this.limiter = new CallLimiter(source.connections());
    }

    /** Opens the database in the background and checks it while it is unreachable. */
    public PeriodicTask startMonitoring(ScheduledExecutorService scheduler) {
        return PeriodicTask.start("database", Duration.ZERO, CHECK_INTERVAL, this::checkIfNecessary, scheduler);
    }

    private void checkIfNecessary() {
        if ((jdbi == null || down || suspected) && checking.tryLock()) {
            try {
                check();
            } finally {
                checking.unlock();
            }
        }
    }

    /** Whether the database is not known to be unreachable. */
    public boolean isAvailable() {
        return !down;
    }

    /** Statements to run on a connection. */
    public interface Callback<T> {
        T apply(Handle handle) throws SQLException;
    }

    /**
     * Runs statements on a connection with auto-commit.
     *
     * @throws DatabaseUnavailableException if the database is unreachable or a statement fails
     */
    public <T> T withHandle(Callback<T> callback) {
        boolean interrupted =
                Thread.interrupted(); // an interrupted thread that writes to H2 closes its file for all turns
        try {
            return withHandleUninterrupted(callback);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private <T> T withHandleUninterrupted(Callback<T> callback) {
        if (down || !limiter.acquire(() -> down)) {
            throw new DatabaseUnavailableException(null);
        }
        try {
            return getOrOpen().withHandle(callback::apply);
        } catch (SQLException | JdbiException e) {
            connections.evictIfDatabaseClosed(e);
            report(DatabaseFailure.of(e));
            throw new DatabaseUnavailableException(e);
        } catch (LinkageError e) { // a class of the pool or the driver that an OutOfMemoryError has left unusable
            failures.warning("LinkageError", "conversation database failed until the next start: " + e);
            throw new DatabaseUnavailableException(e);
        } finally {
            limiter.release();
        }
    }

    /**
     * Runs statements in one transaction.
     *
     * @throws DatabaseUnavailableException if the database is unreachable or a statement fails; the transaction is
     *     rolled back
     */
    public <T> T inTransaction(Callback<T> callback) {
        return withHandle(handle -> handle.inTransaction(callback::apply));
    }

    private void report(DatabaseFailure failure) {
        suspected |= failure.isConnectionFailure();
        failures.warning(failure.kind(), "conversation database failed: " + failure.message());
    }

    /** Opens the database on the first call; other threads wait for it. */
    private Jdbi getOrOpen() {
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
            if (!checking.tryLock(OPEN_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)) {
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

    /** Checks whether the database can be reached and opens it if necessary. Only one thread at a time may call this. */
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
        } catch (SQLException | RuntimeException e) { // drivers, the pool and migrations throw RuntimeExceptions too
            down = true;
            report(DatabaseFailure.whileConnecting(e));
        }
    }

    private void connect() throws SQLException {
        // The direct connection fails immediately, with the reason, if the server rejects it.
        Connection direct = connections.connectDirectly();
        try {
            Jdbi found = jdbi == null ? openAndMigrate() : jdbi;
            found.useHandle(handle -> handle.execute("SELECT 1")); // the pool has to work too
            jdbi = found;
        } finally {
            if (direct != null) {
                direct.close();
            }
        }
    }

    private Jdbi openAndMigrate() throws SQLException {
        DataSource found = instrument.apply(connections.openPool());
        Flyway.configure(Database.class.getClassLoader())
                .dataSource(found)
                .locations("classpath:db")
                .callbacks(new MigrationTimeout())
                .baselineOnMigrate(true) // the schema may contain tables of other applications
                .baselineVersion("0")
                .load()
                .migrate();
        Jdbi opened = Jdbi.create(() -> DatabaseConnections.autoCommitConnection(found));
        if (connections.isExclusive()) {
            opened.useHandle(handle -> handle.execute("DELETE FROM lease")); // left by a process that was killed
        }
        if (!connections.hasOwnPool()) { // our own connections have a socket timeout, which is cheaper
            opened.getConfig(SqlStatements.class).setQueryTimeout(DatabaseConnections.QUERY_TIMEOUT_SECONDS);
        }
        return opened;
    }

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

    /**
     * Deregisters the JDBC drivers of the web application. Otherwise the JVM would keep a reference to them, and with
     * them to the web application's class loader.
     */
    public static void deregisterDrivers() {
        ClassLoader classLoader = Database.class.getClassLoader();
        for (Driver driver : Collections.list(DriverManager.getDrivers())) {
            if (driver.getClass().getClassLoader() == classLoader) {
                try {
                    DriverManager.deregisterDriver(driver);
                } catch (SQLException e) {
                    LOG.log(Level.WARNING, "could not deregister a JDBC driver", e);
                }
            }
        }
    }
}
