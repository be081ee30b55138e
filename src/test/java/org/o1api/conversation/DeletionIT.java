package org.o1api.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.database.Database;
import org.o1api.database.DatabaseUnavailableException;
import org.o1api.model.ErrorCode;
import org.o1api.model.Message;

/** Large conversations are deleted in small statements, on H2 and PostgreSQL. */
@ParameterizedClass
@EnumSource
class DeletionIT extends StoreFixture {
    private static final String TURNS = "SELECT COUNT(*) FROM turn";
    private static final String CONVERSATIONS = "SELECT COUNT(*) FROM conversation";
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    DeletionIT(DatabaseType databaseType) {
        super(databaseType);
    }

    /** Adds turns to a conversation directly in the database, in one transaction. */
    private void addTurns(String id, int turns, String record, boolean isLong) {
        String column = isLong ? "event_long_record" : "record";
        try (Connection connection = DriverManager.getConnection(url());
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO turn (conversation, position, id, instructs, "
                                + column + ") SELECT pk, CAST(? AS INTEGER), 'chatcmpl-0', FALSE, CAST(? AS "
                                + (isLong ? "TEXT" : "VARCHAR(100000)") + ") FROM conversation WHERE id = ?")) {
            connection.setAutoCommit(false);
            for (int i = 1; i <= turns; i++) {
                insert.setInt(1, i);
                insert.setString(2, record);
                insert.setString(3, id);
                insert.executeUpdate();
            }
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void requireBatches() {
        List<InstrumentedConnections.ExecutedStatement> deletes = instrumented.executedStatements("DELETE FROM turn");
        assertThat(deletes)
                .isNotEmpty()
                .allSatisfy(delete -> assertThat(delete.rows()).isBetween(0, ConversationDeleter.BATCH_SIZE));
    }

    @Test
    void deletesThousandsOfTurnsInBatches() {
        Database database = database();
        Conversations node = node(database, 1L << 40);
        runTurn(node, ref("ann", "many"), "One?");
        addTurns("many", 5000, "{\"messages\":[],\"model\":\"" + "x".repeat(500) + "\"}", false);
        assertThat(node.store().delete("ann", "many")).isTrue();
        assertThat(node.store().find("ann", "many")).isEmpty();
        new ConversationDeleter(database).deleteMarked(TIMEOUT, () -> false);

        assertThat(queryNumber(TURNS)).isZero();
        assertThat(queryNumber(CONVERSATIONS)).isZero();
        requireBatches();
        assertThat(instrumented.executedStatements("DELETE FROM turn")).hasSizeGreaterThan(9);
    }

    @Test
    void limitsTheLongRecordsInABatch() {
        Database database = database();
        Conversations node = node(database, 1L << 40);
        runTurn(node, ref("ann", "long"), "One?");
        addTurns("long", 10, "{\"model\":\"" + "x".repeat(10_000_000) + "\"}", true);
        assertThat(node.store().delete("ann", "long")).isTrue();
        new ConversationDeleter(database).deleteMarked(TIMEOUT, () -> false);

        assertThat(queryNumber(TURNS)).isZero();
        assertThat(instrumented.executedStatements("DELETE FROM turn"))
                .isNotEmpty()
                .allSatisfy(delete ->
                        assertThat(delete.rows()).isBetween(0, ConversationDeleter.MAX_LONG_RECORDS_PER_BATCH + 1));
    }

    @Test
    void hidesAConversationImmediatelyAndDeletesItsTurnsLater() {
        Database database = database();
        Conversations node = node(database, 1L << 40);
        ConversationRef ref = ref("ann", "later");
        runTurn(node, ref, "One?");
        addTurns("later", 2000, "{}", false);
        OpenConversation running = node.tryOpen(ref).orElseThrow();
        running.buildPrompt(List.of(Message.user("Two?")), new HistoryLimits(10, 1000, false));
        instrumented.failBefore("DELETE FROM turn"); // as if the process had been killed here
        assertThat(org.assertj.core.api.Assertions.catchThrowable(
                        () -> node.store().delete("ann", "later")))
                .isInstanceOf(InstrumentedConnections.TestError.class);

        assertThat(node.store().find("ann", "later")).isEmpty();
        assertThat(node.store().list("ann", null, true, 10).items()).isEmpty();
        assertThat(node.store().delete("ann", "later")).isFalse();
        assertThat(expectError(() -> running.store("chatcmpl-2", 5, "m", answer("No.")))
                        .code())
                .isEqualTo(ErrorCode.CONVERSATION_CHANGED);
        running.close();
        assertThat(queryNumber(TURNS)).isEqualTo(2001);
        runTurn(node, ref, "The name is free.");

        Conversations other = node(database(), 1L << 40);
        new Retention(database, new ConversationDeleter(database)).run(settings(1L << 40), () -> false);
        assertThat(queryNumber(TURNS)).isOne();
        assertThat(other.store().find("ann", "later")).isPresent();
    }

    @Test
    void stopsOnRequestAndContinuesLater() {
        Database database = database();
        Conversations node = node(database, 1L << 40);
        runTurn(node, ref("ann", "stopped"), "One?");
        addTurns("stopped", 2000, "{}", false);
        database.withHandle(handle -> handle.execute(ConversationDeleter.MARK_AS_DELETED + "WHERE caller = 'ann'"));
        AtomicInteger batches = new AtomicInteger();
        new ConversationDeleter(database).deleteMarked(TIMEOUT, () -> batches.incrementAndGet() > 2);
        assertThat(queryNumber(TURNS)).isEqualTo(1001);
        new ConversationDeleter(database).deleteMarked(TIMEOUT, () -> false);
        assertThat(queryNumber(CONVERSATIONS)).isZero();
    }

    @Test
    void deletesLargeExpiredConversationsInBatches() {
        Database database = database();
        Conversations node = node(database, 1L << 40);
        Retention retention = new Retention(database, new ConversationDeleter(database));
        for (String id : List.of("old", "busy")) {
            runTurn(node, ref("ann", id), "One?");
            addTurns(id, 2000, "{}", false);
        }
        OpenConversation busy = node.tryOpen(ref("ann", "busy")).orElseThrow();
        assertThat(retention.deleteExpired(Duration.ZERO)).isOne();
        retention.run(settings(1L << 40), () -> false);
        assertThat(queryNumber(TURNS)).isEqualTo(2001);
        busy.close();
        assertThat(retention.deleteOverLimit(1)).isZero();
        runTurn(node, ref("ann", "new"), "One?");
        assertThat(retention.deleteOverLimit(1)).isOne();
        assertThat(node.store().find("ann", "new")).isPresent();
        assertThat(retention.deleteOverLimit(1)).isZero(); // deleted conversations do not count
        retention.run(settings(1L << 40), () -> false);
        assertThat(queryNumber(TURNS)).isOne();
        requireBatches();
    }

    @Test
    void doesNotStoreInAConversationMarkedAsDeleted() {
        Database database = database();
        Conversations node = node(database, 1L << 40);
        ConversationRef ref = ref("ann", "purged");
        runTurn(node, ref, "One?");
        try (OpenConversation running = node.tryOpen(ref).orElseThrow()) {
            running.buildPrompt(List.of(Message.user("Two?")), new HistoryLimits(10, 1000, false));
            database.withHandle(handle -> handle.execute(ConversationDeleter.MARK_AS_DELETED + "WHERE caller = 'ann'"));
            assertThat(expectError(() -> running.store("chatcmpl-2", 5, "m", answer("No.")))
                            .code())
                    .isEqualTo(ErrorCode.CONVERSATION_CHANGED);
        }
        assertThat(queryNumber(TURNS)).isOne();
    }

    @Test
    void supportsConcurrentDeletions() throws InterruptedException {
        Database one = database();
        Conversations node = node(one, 1L << 40);
        for (int i = 0; i < 3; i++) {
            runTurn(node, ref("ann", "c" + i), "One?");
            addTurns("c" + i, 3000, "{}", false);
        }
        one.withHandle(handle -> handle.execute(ConversationDeleter.MARK_AS_DELETED + "WHERE caller = 'ann'"));
        AtomicInteger failures = new AtomicInteger();
        List<Thread> threads = Stream.of(one, database(), one)
                .map(database -> new Thread(() -> {
                    try {
                        new ConversationDeleter(database).deleteMarked(TIMEOUT, () -> false);
                    } catch (DatabaseUnavailableException e) {
                        failures.incrementAndGet(); // the victim of a deadlock; its next run continues
                    }
                }))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        new ConversationDeleter(one).deleteMarked(TIMEOUT, () -> false);
        assertThat(failures.get()).isLessThan(3);
        assertThat(queryNumber(CONVERSATIONS)).isZero();
        assertThat(queryNumber(TURNS)).isZero();
        assertThat(Optional.of(instrumented.openConnections())).hasValue(0);
    }
}
