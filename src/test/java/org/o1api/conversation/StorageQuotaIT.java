package org.o1api.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.database.Database;
import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;
import org.o1api.model.Message;
import org.o1api.model.RawJson;

/** The storage quota of a caller, on H2 and PostgreSQL. */
@ParameterizedClass
@EnumSource
class StorageQuotaIT extends StoreFixture {
    /** The storage of a conversation, computed from its rows. */
    private static final String COMPUTED = "SELECT 512 + OCTET_LENGTH(metadata) + COALESCE((SELECT SUM(256"
            + " + COALESCE(OCTET_LENGTH(record), 0) + COALESCE(OCTET_LENGTH(long_record), 0)"
            + " + COALESCE(OCTET_LENGTH(event_record), 0) + COALESCE(OCTET_LENGTH(event_long_record), 0))"
            + " FROM turn WHERE conversation = pk), 0) FROM conversation WHERE caller = 'ann'";

    private static final String STORED = "SELECT bytes FROM conversation WHERE caller = 'ann'";

    StorageQuotaIT(DatabaseType databaseType) {
        super(databaseType);
    }

    private static StoredTurn unanswered(String text) {
        return new StoredTurn("chatcmpl-0", 5, "", List.of(Message.user(text)), null);
    }

    @Test
    void countsEverythingThatIsStored() {
        Conversations node = node(database(), 1 << 30);
        node.store().create("ann", new RawJson("{\"ä\":\"é€😀\"}"), null);
        assertThat(queryNumber(STORED)).isEqualTo(queryNumber(COMPUTED)).isGreaterThan(512);
        node.store()
                .delete(
                        "ann",
                        node.store().list("ann", null, true, 1).items().get(0).id());

        Conversation created = node.store().create("ann", new RawJson("{}"), unanswered("é€😀"));
        ConversationRef ref = ref("ann", created.id());
        assertThat(queryNumber(STORED)).isEqualTo(queryNumber(COMPUTED));
        runTurn(node, ref, "é€😀".repeat(50_000)); // outside of its row
        assertThat(queryNumber(STORED)).isEqualTo(queryNumber(COMPUTED)).isGreaterThan(400_000);
        try (OpenConversation open = node.tryOpen(ref).orElseThrow()) {
            open.append(unanswered("More."));
        }
        node.store().update("ann", created.id(), new RawJson("{\"topic\":\"a longer one\"}"));
        node.store().update("ann", created.id(), new RawJson("{\"t\":\"é\"}"));
        assertThat(queryNumber(STORED)).isEqualTo(queryNumber(COMPUTED));
    }

    @Test
    void countsDataOfEarlierVersions() throws Exception {
        Flyway.configure()
                .dataSource(url(), null, null)
                .locations("classpath:db")
                .target("2")
                .load()
                .migrate();
        try (Connection connection = DriverManager.getConnection(url());
                Statement statement = connection.createStatement()) {
            for (int i = 1; i <= 3; i++) {
                statement.execute("INSERT INTO conversation (caller, id, metadata, created_at, used_at) VALUES"
                        + " ('" + (i == 1 ? "ann" : "bob") + "', 'c" + i
                        + "', '{\"é\":\"€\"}', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)");
            }
            for (String column : List.of("record", "long_record")) {
                statement.execute("INSERT INTO turn (conversation, position, id, instructs, " + column + ") SELECT pk, "
                        + column.length() + ", 'chatcmpl-0', FALSE, '{\"é\":\"" + "€".repeat(1000)
                        + "\"}' FROM conversation WHERE id = 'c1'");
            }
        }
        Database database = database();
        assertThat(queryNumber(STORED)).isEqualTo(queryNumber(COMPUTED)).isEqualTo(512 + 12 + 2 * (256 + 3009));
        assertThat(queryNumber("SELECT bytes FROM conversation WHERE id = 'c2'"))
                .isEqualTo(512 + 12);
        assertThat(expectError(() -> node(database, 4000).store().create("ann", new RawJson("{}"), null))
                        .code())
                .isEqualTo(ErrorCode.STORAGE_QUOTA_EXCEEDED);
    }

    @Test
    void rejectsTurnsAboveTheLimitUntilSomethingIsDeleted() {
        Database database = database();
        Conversations node = node(database, 10_000);
        Conversations other = node(database, 10_000);
        runTurn(node, ref("ann", "small"), "One?");
        assertThat(queryNumber(STORED)).isLessThan(10_000);
        runTurn(node, ref("ann", "crosses"), "x".repeat(10_000)); // the turn that exceeds the limit is stored

        GatewayException rejected = expectError(() -> runTurn(node, ref("ann", "small"), "Two?"));
        assertThat(rejected.code()).isEqualTo(ErrorCode.STORAGE_QUOTA_EXCEEDED);
        assertThat(rejected.code().status()).isEqualTo(403);
        assertThat(rejected.code().type()).isEqualTo("invalid_request_error");
        assertThat(rejected)
                .hasMessageContaining("conversations.bytes_per_caller")
                .hasMessageContaining("10000")
                .hasMessageContaining("time_to_live");
        assertThat(expectError(() -> node.store().create("ann", new RawJson("{}"), null))
                        .code())
                .isEqualTo(ErrorCode.STORAGE_QUOTA_EXCEEDED);
        try (OpenConversation open = node.tryOpen(ref("ann", "small")).orElseThrow()) {
            assertThat(expectError(() -> open.append(unanswered("x"))).code())
                    .isEqualTo(ErrorCode.STORAGE_QUOTA_EXCEEDED);
        }
        runTurn(node, ref("bob", "small"), "Another caller's?");

        assertThat(other.store().delete("ann", "crosses")).isTrue();
        runTurn(node, ref("ann", "small"), "Now?");
    }

    @Test
    void countsEmptyConversations() {
        Conversations node = node(database(), 10_000);
        int created = 0;
        while (created < 100) {
            try {
                node.store().create("ann", new RawJson("{}"), null);
                created++;
            } catch (ConversationException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_QUOTA_EXCEEDED);
                break;
            }
        }
        assertThat(created).isEqualTo(20);
    }

    @Test
    void readsTheTotalOnceAMinuteAndBeforeARejection() {
        Database database = database();
        AtomicLong now = new AtomicLong();
        StorageQuota quota = new StorageQuota(database, 1000, now::get);
        Conversations other = node(database, 1 << 30);
        quota.requireNotExceeded("ann");
        other.store().create("ann", new RawJson("{}"), unanswered("x".repeat(2000)));
        int before = instrumented.executedStatements("SELECT CAST(COALESCE(SUM").size();
        now.set(TimeUnit.SECONDS.toNanos(59));
        quota.requireNotExceeded("ann"); // this node has not read the new total yet
        assertThat(instrumented.executedStatements("SELECT CAST(COALESCE(SUM")).hasSize(before);
        now.set(TimeUnit.SECONDS.toNanos(60));
        assertThat(expectError(() -> quota.requireNotExceeded("ann")).code())
                .isEqualTo(ErrorCode.STORAGE_QUOTA_EXCEEDED);

        quota.requireNotExceeded("bob");
        quota.add("bob", 2000);
        quota.requireNotExceeded("bob"); // the total is read again before a rejection
    }

    @Test
    void needsNoExtraStatementForATurn() {
        Conversations node = node(database(), 1 << 30);
        runTurn(node, ref("ann", "a"), "One?");
        int before = instrumented.executedStatements("").size();
        runTurn(node, ref("ann", "a"), "Two?");
        // lease, conversation, its turns; then in one transaction lease, conversation and turn
        assertThat(instrumented.executedStatements("").size() - before).isEqualTo(6);
    }
}
