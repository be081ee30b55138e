package org.o1api.conversation;

import java.lang.System.Logger.Level;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
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

    private static final long OPEN_MILLIS = 10_000;
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final DatabaseConnections connections;
    private final ReentrantLock opening = new ReentrantLock();
    private volatile @Nullable Jdbi jdbi;
    private volatile boolean closed;
    private volatile boolean failing;

    /** When it could not be reached last; whoever comes within the pause fails at once, since waiting takes a thread. */
    private volatile long unreachableNanos = System.nanoTime() - PAUSE_NANOS;

    /** The database of a source; nothing is opened yet. */
    public Database(ConversationSettings.Source source, Function<String, @Nullable String> systemProperties) {
        connections = new DatabaseConnections(source, systemProperties);
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
            connections.evictIfEnded(e);
            if (!failing) {
                failing = true;
                LOG.log(Level.WARNING, "the store of conversations failed: {0}", cause(e));
            }
            throw ConversationException.storeUnavailable(e);
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
            DataSource found = connections.open();
            Flyway.configure(Database.class.getClassLoader())
                    .dataSource(found)
                    .locations("classpath:db")
                    .baselineOnMigrate(true) // the schema may have tables of others
                    .baselineVersion("0")
                    .load()
                    .migrate();
            opened = Jdbi.create(() -> DatabaseConnections.committing(found));
            if (connections.areOurs()) {
                opened.useHandle(handle -> handle.execute("DELETE FROM lease")); // of a process that was killed
            }
            if (!connections.arePooledHere()) { // ours have a bound in their URL, and are faster without this one
                opened.getConfig(SqlStatements.class).setQueryTimeout(DatabaseConnections.QUERY_SECONDS);
            }
            jdbi = opened;
            return opened;
        } finally {
            opening.unlock();
        }
    }

    /** Closes the connections. */
    @Override
    public void close() {
        opening.lock();
        try {
            closed = true;
            jdbi = null;
            connections.close();
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
