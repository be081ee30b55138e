package org.o1api.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jdbi.v3.core.ConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseFailureTest {
    private static ConnectionException connecting(Exception cause) {
        return new ConnectionException(new SQLException("the pool waited", "08001", cause));
    }

    @Test
    void reportsTheRootCauseOfAConnectionFailure() {
        DatabaseFailure refused = DatabaseFailure.of(connecting(new ConnectException("Connection refused")));
        assertThat(refused.message()).isEqualTo("java.net.ConnectException: Connection refused");
        assertThat(refused.isConnectionFailure()).isTrue();
        DatabaseFailure pool = DatabaseFailure.of(connecting(new SQLTransientConnectionException("not available")));
        assertThat(pool.isConnectionFailure()).isTrue();
        assertThat(pool.kind()).isNotEqualTo(refused.kind());
    }

    @ParameterizedTest
    @CsvSource({
        "22001, false, value too long: 'secret'",
        "23505, false, Key (id)=(secret) already exists",
        "42P01, false, relation does not exist",
        "40001, false, could not serialize access",
        "57014, false, canceling statement due to statement timeout",
        "08006, true, An I/O error occurred",
        "28P01, true, password authentication failed for user",
        "3D000, true, database x does not exist",
        "53300, true, sorry too many clients",
        "57P01, true, terminating connection",
        "57P03, true, the database system is starting up"
    })
    void recognizesConnectionFailures(String state, boolean ofConnection, String message) {
        DatabaseFailure failure = DatabaseFailure.of(new SQLException(message, state));
        assertThat(failure.isConnectionFailure()).isEqualTo(ofConnection);
        assertThat(failure.message()).doesNotContain("secret");
        assertThat(failure.message().contains(message)).isEqualTo(!message.contains("secret"));
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://h/d?user=u&password=s3cret&ssl=true",
        "jdbc:h2:./x;PASSWORD=s3cret;USER=u",
        "sslpassword=s3cret",
        "no such URL: jdbc:x?Password=s3cret"
    })
    void hidesPasswords(String text) {
        for (Exception failure : new Exception[] {
            new IllegalArgumentException(text), new SQLException(text, "42000"), connecting(new RuntimeException(text))
        }) {
            assertThat(DatabaseFailure.of(failure).message())
                    .doesNotContain("s3cret")
                    .contains("=...");
        }
    }
}
