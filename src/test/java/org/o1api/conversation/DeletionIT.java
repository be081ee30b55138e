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

/** Large conversations are deleted in small statements, on both databases. */
@ParameterizedClass
@EnumSource
class DeletionIT extends StoreFixture {
    private static final String TURNS = "SELECT COUNT(*) FROM turn";
    private static final String CONVERSATIONS = "SELECT COUNT(*) FROM conversation";
    private static final Duration LONG = Duration.ofMinutes(5);

    DeletionIT(Kind kind) {
        super(kind);
    }

    /** Adds turns to a conversation as quickly as the database can. */
    private void addTurns(String id, int turns, String record, boolean isLong) {
        String column = isLong ? "long_record" : "record";
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
        List<WatchedConnections.Executed> deletes = watched.executed("DELETE FROM turn");
        assertThat(deletes)
                .isNotEmpty()
                .allSatisfy(delete -> assertThat(delete.rows()).isBetween(0, Deletion.BATCH));
    }

    @Test
    void deletesThousandsOfTurnsInBatches() {
        Database database = database();
        Conversations node = node(database, 1L << 40);
        say(node, entry("ann", "many"), "One?");
        addTurns("many", 5000, "{\"messages\":[],\"model\":\"" + "x".repeat(500) + "\"}", false);
        assertThat(node.store().delete("ann", "many")).isTrue();
        assertThat(node.store().find("ann", "many")).isEmpty();
        new Deletion(database).deleteRest(LONG, () -> false);

        assertThat(number(TURNS)).isZero();
        assertThat(number(CONVERSATIONS)).isZero();
        requireBatches();
        assertThat(watched.executed("DELETE FROM turn")).hasSizeGreaterThan(9);
    }

    @Test
    void deletesFewLongRecordsInABatch() {
        Database database = database();
        Conversations node = node(database, 1L << 40);
        say(node, entry("ann", "long"), "One?");
        addTurns("long", 10, "{\"model\":\"" + "x".repeat(10_000_000) + "\"}", true);
        assertThat(node.store().delete("ann", "long")).isTrue();
        new Deletion(database).deleteRest(LONG, () -> false);

        assertThat(number(TURNS)).isZero();
        assertThat(watched.executed("DELETE FROM turn"))
                .isNotEmpty()
                .allSatisfy(delete -> assertThat(delete.rows()).isBetween(0, Deletion.LONG_IN_A_BATCH + 1));
    }

    @Test
    void isGoneAtOnceAndItsTurnsLater() {
        Database database = database();
        Conversations node = node(database, 1L << 40);
        Entry entry = entry("ann", "later");
        say(node, entry, "One?");
        addTurns("later", 2000, "{}", false);
        OpenConversation running = node.tryOpen(entry).orElseThrow();
        running.continuedBy(List.of(Message.user("Two?")), new Bounds(10, 1000, false));
        watched.failBefore("DELETE FROM turn"); // as if the process had ended here
        assertThat(org.assertj.core.api.Assertions.catchThrowable(
                        () -> node.store().delete("ann", "later")))
                .isInstanceOf(WatchedConnections.TestError.class);

        assertThat(node.store().find("ann", "later")).isEmpty();
        assertThat(node.store().list("ann", null, true, 10).items()).isEmpty();
        assertThat(node.store().delete("ann", "later")).isFalse();
        assertThat(refused(() -> running.store("chatcmpl-2", 5, "m", answer("No.")))
                        .code())
                .isEqualTo(ErrorCode.CONVERSATION_CHANGED);
        running.close();
        assertThat(number(TURNS)).isEqualTo(2001);
        say(node, entry, "The name is free.");

        Conversations other = node(database(), 1L << 40);
        new Purge(database, new Deletion(database)).run(settings(1L << 40), () -> false);
        assertThat(number(TURNS)).isOne();
        assertThat(other.store().find("ann", "later")).isPresent();
    }

    @Test
    void stopsWhenItIsToldToAndGoesOnLater() {
        Database database = database();
        Conversations node = node(database, 1L << 40);
        say(node, entry("ann", "stopped"), "One?");
        addTurns("stopped", 2000, "{}", false);
        database.call(handle -> handle.execute(Deletion.HAND_OVER + "WHERE caller = 'ann'"));
        AtomicInteger batches = new AtomicInteger();
        new Deletion(database).deleteRest(LONG, () -> batches.incrementAndGet() > 2);
        assertThat(number(TURNS)).isEqualTo(1001);
        new Deletion(database).deleteRest(LONG, () -> false);
        assertThat(number(CONVERSATIONS)).isZero();
    }

    @Test
    void purgesLargeConversationsInBatches() {
        Database database = database();
        Conversations node = node(database, 1L << 40);
        Purge purge = new Purge(database, new Deletion(database));
        for (String id : List.of("old", "busy")) {
            say(node, entry("ann", id), "One?");
            addTurns(id, 2000, "{}", false);
        }
        OpenConversation busy = node.tryOpen(entry("ann", "busy")).orElseThrow();
        assertThat(purge.unused(Duration.ZERO)).isOne();
        purge.run(settings(1L << 40), () -> false);
        assertThat(number(TURNS)).isEqualTo(2001);
        busy.close();
        assertThat(purge.beyond(1)).isZero();
        say(node, entry("ann", "new"), "One?");
        assertThat(purge.beyond(1)).isOne();
        assertThat(node.store().find("ann", "new")).isPresent();
        assertThat(purge.beyond(1)).isZero(); // nobody is a caller with too many
        purge.run(settings(1L << 40), () -> false);
        assertThat(number(TURNS)).isOne();
        requireBatches();
    }

    @Test
    void storesNothingInAConversationThatWasPurgedMeanwhile() {
        Database database = database();
        Conversations node = node(database, 1L << 40);
        Entry entry = entry("ann", "purged");
        say(node, entry, "One?");
        try (OpenConversation running = node.tryOpen(entry).orElseThrow()) {
            running.continuedBy(List.of(Message.user("Two?")), new Bounds(10, 1000, false));
            database.call(handle -> handle.execute(Deletion.HAND_OVER + "WHERE caller = 'ann'"));
            assertThat(refused(() -> running.store("chatcmpl-2", 5, "m", answer("No.")))
                            .code())
                    .isEqualTo(ErrorCode.CONVERSATION_CHANGED);
        }
        assertThat(number(TURNS)).isOne();
    }

    @Test
    void manyDeleteAtTheSameTime() throws InterruptedException {
        Database one = database();
        Conversations node = node(one, 1L << 40);
        for (int i = 0; i < 3; i++) {
            say(node, entry("ann", "c" + i), "One?");
            addTurns("c" + i, 3000, "{}", false);
        }
        one.call(handle -> handle.execute(Deletion.HAND_OVER + "WHERE caller = 'ann'"));
        AtomicInteger failures = new AtomicInteger();
        List<Thread> threads = Stream.of(one, database(), one)
                .map(database -> new Thread(() -> {
                    try {
                        new Deletion(database).deleteRest(LONG, () -> false);
                    } catch (DatabaseUnavailableException e) {
                        failures.incrementAndGet(); // the loser of a deadlock: its next run goes on
                    }
                }))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        new Deletion(one).deleteRest(LONG, () -> false);
        assertThat(failures.get()).isLessThan(3);
        assertThat(number(CONVERSATIONS)).isZero();
        assertThat(number(TURNS)).isZero();
        assertThat(Optional.of(watched.open())).hasValue(0);
    }
}
