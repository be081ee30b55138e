package org.o1api.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.o1api.database.Database;
import org.o1api.database.DatabaseSource;
import org.o1api.model.FinishReason;
import org.o1api.model.GatewayException;
import org.o1api.model.Message;
import org.o1api.model.TurnUsage;
import org.o1api.testing.Postgres;

/** Base class of the tests of the store: an H2 or PostgreSQL database, nodes that use it, and turns. */
abstract class StoreFixture {
    enum DatabaseType {
        H2,
        POSTGRESQL
    }

    final DatabaseType databaseType;
    final InstrumentedConnections instrumented = new InstrumentedConnections();

    @TempDir
    @Nullable
    Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private @Nullable String url;

    StoreFixture(DatabaseType databaseType) {
        this.databaseType = databaseType;
    }

    @AfterEach
    void closeAll() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
        open.clear();
    }

    String url() {
        if (url == null) {
            url = databaseType == DatabaseType.H2
                    ? "jdbc:h2:file:" + String.valueOf(folder) + "/conversations"
                    : Postgres.emptyDatabase();
        }
        return url;
    }

    ConversationSettings settings(long bytesPerCaller) {
        return new ConversationSettings(
                new DatabaseSource.Url(url(), null, null, 10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(2),
                Duration.ofDays(30),
                10_000,
                10_000,
                bytesPerCaller);
    }

    <T extends AutoCloseable> T closeAfterTest(T resource) {
        open.add(resource);
        return resource;
    }

    Database database() {
        Database database = closeAfterTest(new Database(settings(1L << 30).source(), name -> null, "", instrumented));
        database.withHandle(handle -> handle.execute("SELECT 1"));
        return database;
    }

    Conversations node(Database database, long bytesPerCaller) {
        return new Conversations(database, settings(bytesPerCaller), String::length);
    }

    ScheduledExecutorService scheduler() {
        ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(3);
        closeAfterTest(scheduler::shutdownNow);
        return scheduler;
    }

    static ConversationRef ref(String caller, String id) {
        return new ConversationRef(caller, id, null);
    }

    static StoredTurn.Answer answer(String content) {
        return Answers.of(content, null, null, null, List.of(), FinishReason.STOP, TurnUsage.NONE);
    }

    static void runTurn(Conversations node, ConversationRef ref, String question) {
        try (OpenConversation conversation = node.tryOpen(ref).orElseThrow()) {
            conversation.buildPrompt(List.of(Message.user(question)), new HistoryLimits(100, Integer.MAX_VALUE, false));
            conversation.store("chatcmpl-1", 5, "m", answer("Yes."));
        }
    }

    static GatewayException expectError(ThrowingCallable call) {
        GatewayException error = catchThrowableOfType(GatewayException.class, call);
        assertThat(error).isNotNull();
        return error;
    }

    /** Runs a query on a separate connection and returns the number that it reads. */
    long queryNumber(String sql) {
        try (Connection connection = DriverManager.getConnection(url());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            assertThat(row.next()).isTrue();
            return row.getLong(1);
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }
}
