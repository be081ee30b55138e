package org.o1api.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.conversation.InstrumentedConnections.TestError;
import org.o1api.database.Database;
import org.o1api.model.Message;
import org.o1api.model.RawJson;

/** An Error in the store leaks no lease, no transaction and no connection. */
@ParameterizedClass
@EnumSource
class StoreErrorsIT extends StoreFixture {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    StoreErrorsIT(DatabaseType databaseType) {
        super(databaseType);
    }

    /** More than there are connections, so that leaked connections make a test fail. */
    private static Stream<Integer> repetitions() {
        return Stream.iterate(0, i -> i + 1).limit(12);
    }

    private void awaitLeaseFree(Conversations node, ConversationRef ref) {
        await().atMost(TIMEOUT).until(() -> {
            var opened = node.tryOpen(ref);
            opened.ifPresent(OpenConversation::close);
            return opened.isPresent();
        });
    }

    @Test
    void leaksNothingIfAcquiringALeaseFails() {
        Conversations node = node(database(), 1 << 30);
        node.startMaintenance(scheduler());
        repetitions().forEach(i -> {
            instrumented.failBefore("INSERT INTO lease");
            assertThatThrownBy(() -> node.tryOpen(ref("ann", "before"))).isInstanceOf(TestError.class);
        });
        node.tryOpen(ref("ann", "before")).orElseThrow().close();

        instrumented.failAfter("INSERT INTO lease");
        assertThatThrownBy(() -> node.tryOpen(ref("ann", "after"))).isInstanceOf(TestError.class);
        assertThat(node.tryOpen(ref("ann", "after"))).isEmpty();
        awaitLeaseFree(node, ref("ann", "after")); // it is in the database but not renewed, so it expires
        assertThat(instrumented.openConnections()).isZero();
    }

    @Test
    void leaksNothingIfStoringATurnFails() {
        Conversations node = node(database(), 1 << 30);
        ConversationRef ref = ref("ann", "store");
        runTurn(node, ref, "One?");
        List<String> statements = List.of(
                "DELETE FROM lease WHERE caller = ? AND id = ? AND owner", "UPDATE conversation", "INSERT INTO turn");
        repetitions().forEach(i -> {
            String statement = statements.get(i % statements.size());
            try (OpenConversation open = node.tryOpen(ref).orElseThrow()) {
                open.buildPrompt(List.of(Message.user("Two?")), new HistoryLimits(100, 1000, false));
                if (i % 2 == 0) {
                    instrumented.failBefore(statement);
                } else {
                    instrumented.failAfter(statement);
                }
                assertThatThrownBy(() -> open.store("chatcmpl-2", 5, "m", answer("No.")))
                        .isInstanceOf(TestError.class);
            }
            assertThat(instrumented.openConnections()).isZero();
        });
        assertThat(queryNumber("SELECT COUNT(*) FROM turn")).isOne();
        assertThat(queryNumber("SELECT COUNT(*) FROM lease")).isZero();
        runTurn(node, ref, "Two?");
    }

    @Test
    void leaksNothingIfReleasingALeaseFails() {
        Conversations node = node(database(), 1 << 30);
        node.startMaintenance(scheduler());
        OpenConversation open = node.tryOpen(ref("ann", "release")).orElseThrow();
        instrumented.failBefore("DELETE FROM lease WHERE caller");
        assertThatThrownBy(open::close).isInstanceOf(TestError.class);
        awaitLeaseFree(node, ref("ann", "release"));
    }

    @Test
    void leaksNothingIfCreatingOrDeletingFails() {
        Conversations node = node(database(), 1 << 30);
        runTurn(node, ref("ann", "delete"), "One?");
        instrumented.failAfter("UPDATE conversation SET caller");
        assertThatThrownBy(() -> node.store().delete("ann", "delete")).isInstanceOf(TestError.class);
        assertThat(node.store().find("ann", "delete")).isPresent();
        instrumented.failAfter("INSERT INTO conversation");
        assertThatThrownBy(() -> node.store().create("ann", new RawJson("{}"), null))
                .isInstanceOf(TestError.class);
        assertThat(queryNumber("SELECT COUNT(*) FROM conversation")).isOne();
        assertThat(instrumented.openConnections()).isZero();
    }

    @Test
    void keepsRenewingLeasesAfterAnError() {
        Conversations node = node(database(), 1 << 30);
        node.startMaintenance(scheduler());
        try (OpenConversation open = node.tryOpen(ref("ann", "renewed")).orElseThrow()) {
            instrumented.failBefore("UPDATE lease SET expires_at");
            await().atMost(TIMEOUT).until(instrumented::hasFailed);
            int renewed = instrumented
                    .executedStatements("UPDATE lease SET expires_at")
                    .size();
            await().atMost(TIMEOUT)
                    .until(() -> instrumented
                                    .executedStatements("UPDATE lease SET expires_at")
                                    .size()
                            > renewed + 3);
            open.buildPrompt(List.of(Message.user("?")), new HistoryLimits(100, 1000, false));
            open.store("chatcmpl-1", 5, "m", answer("Yes."));
        }
        assertThat(queryNumber("SELECT COUNT(*) FROM turn")).isOne();
    }

    @Test
    void leaksNothingIfRetentionFails() {
        Database database = database();
        Conversations node = node(database, 1 << 30);
        runTurn(node, ref("ann", "old"), "One?");
        Retention retention = new Retention(database, new ConversationDeleter(database));
        instrumented.failAfter(ConversationDeleter.MARK_AS_DELETED);
        assertThatThrownBy(() -> retention.deleteExpired(Duration.ZERO)).isInstanceOf(TestError.class);
        instrumented.failAfter("DELETE FROM turn");
        assertThatThrownBy(() -> retention.run(settings(1 << 30), () -> false)).isInstanceOf(TestError.class);
        retention.run(settings(1 << 30), () -> false);
        assertThat(queryNumber("SELECT COUNT(*) FROM conversation")).isZero();
        assertThat(instrumented.openConnections()).isZero();
    }

    @Test
    void opensTheDatabaseAfterAnError() {
        Database database = closeAfterTest(new Database(settings(1 << 30).source(), name -> null, "", instrumented));
        instrumented.failBefore("SELECT 1");
        assertThatThrownBy(() -> database.withHandle(handle -> handle.execute("SELECT 2")))
                .isInstanceOf(TestError.class);
        database.withHandle(handle -> handle.execute("SELECT 2"));
        assertThat(instrumented.openConnections()).isZero();
    }
}
