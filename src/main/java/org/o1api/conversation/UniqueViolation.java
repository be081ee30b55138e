package org.o1api.conversation;

import java.sql.SQLException;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/** Tells whether a statement failed because another transaction has inserted the same key. */
final class UniqueViolation {
    private static final String SQL_STATE = "23505";

    private UniqueViolation() {}

    static boolean causes(UnableToExecuteStatementException failure) {
        return failure.getCause() instanceof SQLException sql && SQL_STATE.equals(sql.getSQLState());
    }
}
