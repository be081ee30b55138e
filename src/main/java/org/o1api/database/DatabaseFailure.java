package org.o1api.database;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import java.util.regex.Pattern;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.o1api.model.FailureLog;

/**
 * A database failure as it is logged. It never contains stored values or a password.
 *
 * @param kind the same for failures that are logged at most once a minute together
 * @param isConnectionFailure whether the database may be unreachable, rather than one statement wrong
 */
record DatabaseFailure(String kind, String message, boolean isConnectionFailure) {
    /**
     * H2's error codes after which its connections are unusable: internal error, object closed, database closed, out of memory,
     * database closed at shutdown.
     */
    private static final Set<Integer> H2_CLOSED = Set.of(50000, 90007, 90098, 90108, 90121);

    private static final String CONNECTION = "connection";
    private static final int H2_FILE_LOCKED = 90020;
    private static final Pattern PASSWORD = Pattern.compile("(?i)(password=)[^;&\\s]*");

    static DatabaseFailure of(Throwable failure) {
        SQLException sql = sqlException(failure);
        String state = sql == null ? "" : String.valueOf(sql.getSQLState());
        if (sql != null && (state.startsWith("22") || state.startsWith("23"))) {
            return new DatabaseFailure(state, "SQL state " + state, false); // their messages contain values
        }
        if (hasCode(failure, H2_FILE_LOCKED)) {
            return new DatabaseFailure(
                    CONNECTION,
                    "the database file is open in another application or process. Set conversations.url to a different file for"
                            + " each, or to one PostgreSQL database for all. "
                            + redacted(FailureLog.rootCause(failure)),
                    true);
        }
        if (isPoolTimeout(failure)) {
            return new DatabaseFailure("pool", redacted(FailureLog.rootCause(failure)), true);
        }
        if (failure instanceof ConnectionException || concernsConnection(failure, state)) {
            return new DatabaseFailure(CONNECTION, redacted(FailureLog.rootCause(failure)), true);
        }
        if (sql == null) {
            return new DatabaseFailure("other", failure.getClass().getSimpleName(), false);
        }
        String text = redacted(firstLine(sql));
        return new DatabaseFailure(state, sql.getSQLState() == null ? text : state + " " + text, false);
    }

    /** A failure to open or check the database; always a connection failure. */
    static DatabaseFailure whileConnecting(Throwable failure) {
        return new DatabaseFailure(CONNECTION, of(failure).message, true);
    }

    /** Whether H2 has closed itself; only a new connection opens it again. */
    static boolean isDatabaseClosed(Throwable failure) {
        return H2_CLOSED.stream().anyMatch(code -> hasCode(failure, code));
    }

    /**
     * Whether the failure concerns the connection. Exceptions of other types than JDBI's and SQL's come from a driver,
     * the pool or a migration, before any statement is executed.
     */
    private static boolean concernsConnection(Throwable failure, String state) {
        return state.startsWith("08")
                || state.startsWith("28")
                || state.startsWith("3D")
                || state.startsWith("53")
                || state.startsWith("57P")
                || isDatabaseClosed(failure)
                || !(failure instanceof SQLException || failure instanceof JdbiException);
    }

    /**
     * Whether the pool had no connection. That does not say why, so it has its own kind: it must not suppress the line
     * that gives the reason.
     */
    private static boolean isPoolTimeout(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root instanceof SQLTransientConnectionException;
    }

    private static boolean hasCode(Throwable failure, int code) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getErrorCode() == code) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable SQLException sqlException(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return sql;
            }
        }
        return null;
    }

    private static String firstLine(SQLException failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }

    private static String redacted(String text) {
        return PASSWORD.matcher(text).replaceAll("$1...");
    }
}
