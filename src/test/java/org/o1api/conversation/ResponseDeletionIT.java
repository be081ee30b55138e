package org.o1api.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.model.Message;

/** The deletion of single responses, on H2 and PostgreSQL. */
@ParameterizedClass
@EnumSource
class ResponseDeletionIT extends ResponseFixture {
    private static final String RECORDS = "SELECT COUNT(*) FROM turn WHERE COALESCE(record, long_record, event_record,"
            + " event_long_record, idempotency_key, fingerprint) IS NOT NULL";

    ResponseDeletionIT(DatabaseType databaseType) {
        super(databaseType);
    }

    @Test
    void leavesNoTrace() {
        ConversationRef ref = ConversationRef.unnamed(CALLER, key("k", "d"));
        String root = store(node, ref, "x".repeat(200_000));
        String child = next(root, "q1");
        long before = queryNumber("SELECT bytes FROM conversation");
        assertThat(node.responses().delete(CALLER, root)).isTrue();
        assertThat(node.responses().delete(CALLER, root)).isFalse();
        assertThat(find(root)).isNull();
        assertThat(queryNumber(RECORDS)).isOne();
        assertThat(before - queryNumber("SELECT bytes FROM conversation")).isGreaterThan(200_000);
        assertThat(queryNumber("SELECT COUNT(*) FROM turn_echo")).isOne();
        assertThat(queryNumber("SELECT bytes FROM conversation"))
                .isEqualTo(queryNumber("SELECT 512 + 2 + SUM(256 + COALESCE(OCTET_LENGTH(event_record), 0)) FROM turn")
                        + queryNumber("SELECT OCTET_LENGTH(echo) FROM turn_echo"));
        assertThat(find(child)).isNotNull();

        assertThat(node.responses().delete(CALLER, child)).isTrue();
        assertThat(queryNumber(RECORDS)).isZero();
        assertThat(queryNumber("SELECT COUNT(*) FROM conversation WHERE caller = 'ann'"))
                .isZero();
        new ConversationDeleter(database).deleteMarked(java.time.Duration.ofSeconds(10), () -> false);
        assertThat(queryNumber("SELECT COUNT(*) FROM turn")).isZero();
    }

    @Test
    void lengthensTheLifeOfNothing() {
        String root = begin("q0");
        String fork = next(root, "q1");
        database.withHandle(
                handle -> handle.execute("UPDATE conversation SET used_at = TIMESTAMP '2020-01-01 00:00:00'"));
        assertThat(node.responses().delete(CALLER, fork)).isTrue();
        assertThat(find(root)).isNotNull();
        assertThat(queryNumber("SELECT COUNT(*) FROM conversation WHERE used_at < TIMESTAMP '2021-01-01 00:00:00'"))
                .isOne();
    }

    /** Whichever turn is deleted: the conversation continues with the others, in both directions. */
    @Test
    void letsANamedConversationContinueWithoutIt() {
        for (int deleted = 0; deleted < 3; deleted++) {
            String conversation = "named" + deleted;
            String[] responses = new String[3];
            for (int i = 0; i < 3; i++) {
                responses[i] = store(node, ref(CALLER, conversation), "q" + i);
            }
            assertThat(node.responses().delete(CALLER, responses[deleted])).isTrue();
            assertThat(questions(conversation))
                    .hasSize(2)
                    .isSubsetOf("q0", "q1", "q2")
                    .doesNotContain("q" + deleted);
            store(node, ref(CALLER, conversation), "q3");
            assertThat(questions(conversation)).hasSize(3).endsWith("q3").doesNotContain("q" + deleted);
            assertThat(promptOf(ref(CALLER, conversation))).hasSize(7).doesNotContain("q" + deleted, "aq" + deleted);
            try (OpenConversation open = node.tryOpen(ref(CALLER, conversation)).orElseThrow()) {
                open.append(new StoredTurn(org.o1api.model.TurnId.random(), 5, "", List.of(Message.user("q4")), null));
            }
            assertThat(questions(conversation)).hasSize(4).endsWith("q3", "q4");
        }
    }

    @Test
    void letsAnEmptiedNamedConversationBeginAgain() {
        String only = store(node, ref(CALLER, "named"), "q0");
        assertThat(node.responses().delete(CALLER, only)).isTrue();
        assertThat(questions("named")).isEmpty();
        assertThat(promptOf(ref(CALLER, "named"))).containsExactly("?");
        store(node, ref(CALLER, "named"), "q1");
        assertThat(questions("named")).containsExactly("q1");
    }

    /** Rows of format 1 have no parent: each continues the one before it. */
    @Test
    void deletesTurnsOfEarlierVersions() {
        store(node, ref(CALLER, "old"), "q0");
        database.withHandle(handle -> handle.execute("DELETE FROM turn"));
        for (int i = 0; i < 3; i++) {
            String id = "chatcmpl-" + String.format("%032x", i);
            String record = "{\"created\":5,\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"q" + i
                    + "\"}],\"answer\":{\"content\":\"a\",\"finish_reason\":\"stop\"}}";
            int position = i;
            database.withHandle(handle -> handle.execute(
                    "INSERT INTO turn (conversation, position, id, instructs, record) SELECT pk, CAST(? AS INTEGER), ?, FALSE, ?"
                            + " FROM conversation",
                    position,
                    id,
                    record));
        }
        String middle = "resp_" + String.format("%032x", 1);
        String last = "resp_" + String.format("%032x", 2);
        assertThat(promptAfter(last)).hasSize(7);
        assertThat(find(middle)).isNotNull();
        assertThat(node.responses().delete(CALLER, middle)).isTrue();
        assertThat(questions("old")).containsExactly("q0", "q2");
        rejection(CALLER, last);
        assertThat(promptAfter("resp_" + "0".repeat(32))).hasSize(3);
    }
}
