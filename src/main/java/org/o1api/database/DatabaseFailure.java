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
 * What the log says about a failure of the database. It never contains what was to be stored, nor a password.
 *
 * @param kind the same for failures of which one line a minute is enough
 * @param isConnectionFailure whether the database may be unreachable, rather than one statement wrong
 */
record DatabaseFailure(String kind, String message, boolean isConnectionFailure) {
    /** H2's codes after which its connections are of no use: internal error, object closed, database closed, closed at shutdown. */
    private static final Set<Integer> H2_ENDED = Set.of(50000, 90007, 90098, 90121);

    private static final String CONNECTION = "connection";
    private static final int H2_LOCKED = 90020;
    private static final Pattern PASSWORD = Pattern.compile("(?i)(password=)[^;&\\s]*");

    static DatabaseFailure of(Throwable failure) {
        SQLException sql = sql(failure);
        String state = sql == null ? "" : String.valueOf(sql.getSQLState());
        if (sql != null && (state.startsWith("22") || state.startsWith("23"))) {
            return new DatabaseFailure(state, "SQL state " + state, false); // their messages repeat values
        }
        if (hasCode(failure, H2_LOCKED)) {
            return new DatabaseFailure(
                    CONNECTION,
                    "the database file is open in another application or process. Set conversations.url to a different file for"
                            + " each, or to one PostgreSQL database for all. " + hidden(FailureLog.rootCause(failure)),
                    true);
        }
        if (isOfPool(failure)) {
            return new DatabaseFailure("pool", hidden(FailureLog.rootCause(failure)), true);
        }
        if (failure instanceof ConnectionException || isOfConnection(failure, state)) {
            return new DatabaseFailure(CONNECTION, hidden(FailureLog.rootCause(failure)), true);
        }
        if (sql == null) {
            return new DatabaseFailure("other", failure.getClass().getSimpleName(), false);
        }
        String words = hidden(firstLine(sql));
        return new DatabaseFailure(state, sql.getSQLState() == null ? words : state + " " + words, false);
    }

    /** A failure to open the database or to look for it, whatever it looks like. */
    static DatabaseFailure whileConnecting(Throwable failure) {
        return new DatabaseFailure(CONNECTION, of(failure).message, true);
    }

    /** Whether H2 has closed itself: only a new connection opens it again. */
    static boolean isDatabaseClosed(Throwable failure) {
        return H2_ENDED.stream().anyMatch(code -> hasCode(failure, code));
    }

    /** What is neither JDBI's nor SQL comes from a driver, the pool or a migration, and no statement of ours was made. */
    private static boolean isOfConnection(Throwable failure, String state) {
        return state.startsWith("08")
                || state.startsWith("28")
                || state.startsWith("3D")
                || state.startsWith("53")
                || state.startsWith("57P")
                || isDatabaseClosed(failure)
                || !(failure instanceof SQLException || failure instanceof JdbiException);
    }

    /** Whether the pool had no connection, which does not say why: its line must not suppress the one that does. */
    private static boolean isOfPool(Throwable failure) {
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

    private static @Nullable SQLException sql(Throwable failure) {
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

    private static String hidden(String text) {
        return PASSWORD.matcher(text).replaceAll("$1...");
    }
}
