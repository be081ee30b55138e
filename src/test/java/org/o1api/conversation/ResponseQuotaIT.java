package org.o1api.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.model.ErrorCode;
import org.o1api.model.Message;

/** What is kept of responses without a conversation, on H2 and PostgreSQL. */
@ParameterizedClass
@EnumSource
class ResponseQuotaIT extends ResponseFixture {
    private static final long LIMIT = 100_000;

    ResponseQuotaIT(DatabaseType databaseType) {
        super(databaseType);
    }

    /** The question of a turn of 30 000 characters: {@link ResponseFixture} repeats it in the answer. */
    private static String large() {
        return "x".repeat(15_000);
    }

    @Test
    void hasANumberOfItsOwn() {
        Retention retention = new Retention(database, new ConversationDeleter(database));
        String oldest = begin("q0");
        String used = begin("q1");
        String newest = begin("q2");
        store(node, ref(CALLER, "named"), "q3");
        store(node, ConversationRef.unnamed("bob", null), "q4");
        String usedAgain = next(used, "q5");
        assertThat(retention.deleteOverLimit(1)).isZero();
        assertThat(retention.deleteUnnamedOverLimit(3)).isZero();
        String fork = next(oldest, "q6"); // used now

        assertThat(retention.deleteUnnamedOverLimit(2)).isOne();
        assertThat(find(newest)).isNull();
        assertThat(find(usedAgain)).isNotNull();
        assertThat(find(fork)).isNotNull();
        store(node, ref(CALLER, "named2"), "q7");
        assertThat(retention.deleteOverLimit(1)).isOne();
        assertThat(node.store().find(CALLER, "named2")).isPresent();
        assertThat(find(fork)).isNotNull();
    }

    @Test
    void isNotDeletedWhileATurnIsRunning() {
        Retention retention = new Retention(database, new ConversationDeleter(database));
        String busy = begin("q0");
        begin("q1");
        try (OpenConversation open =
                node.tryOpen(node.responses().continuing(CALLER, busy, null)).orElseThrow()) {
            assertThat(retention.deleteUnnamedOverLimit(1)).isZero();
            assertThat(retention.deleteExpired(Duration.ZERO)).isOne();
            assertThat(find(busy)).isNotNull();
            open.buildPrompt(List.of(Message.user("?")), limits());
        }
        assertThat(retention.deleteExpired(Duration.ZERO)).isOne();
        assertThat(find(busy)).isNull();
    }

    @Test
    void makesRoomForNewTurns() {
        Conversations small = node(database(), LIMIT);
        String oldest = begin(large());
        String fork = next(begin(large()), large());
        String newest = begin("q");
        store(small, ref(CALLER, "named"), "q0");
        assertThat(find(oldest)).isNotNull();
        // above the limit now: the next turn of any kind makes room
        store(node, ref(CALLER, "named"), large());
        store(node(database(), LIMIT), ref(CALLER, "named"), "q1");
        assertThat(find(oldest)).isNull();
        assertThat(find(fork)).isNotNull();
        store(node, ref(CALLER, "named"), large());
        store(node(database(), LIMIT), ConversationRef.unnamed(CALLER, null), "q2");
        assertThat(find(fork)).isNull();
        assertThat(find(newest)).isNotNull();
        assertThat(questions("named")).hasSize(4);
    }

    @Test
    void makesRoomAtEachTurn() {
        Conversations small = node(database(), LIMIT);
        for (int i = 0; i < 10; i++) {
            store(small, ConversationRef.unnamed(CALLER, null), i + large());
        }
        assertThat(queryNumber("SELECT COUNT(*) FROM conversation WHERE caller = 'ann'"))
                .isBetween(3L, 4L);
        assertThat(queryNumber("SELECT SUM(bytes) FROM conversation WHERE caller = 'ann'"))
                .isLessThan(LIMIT + 35_000);
    }

    @Test
    void leavesOutWhatIsInUse() {
        String busy = begin(large() + large() + large() + large());
        Conversations small = node(database(), LIMIT);
        ConversationRef ref = small.responses().continuing(CALLER, busy, null);
        assertThat(store(small, ref, "q1")).isNotEmpty();
        assertThat(find(busy)).isNotNull();
        store(small, ref(CALLER, "named"), "q2");
        assertThat(find(busy)).isNull();
    }

    @Test
    void isRejectedOnlyIfNamedConversationsExceedTheLimit() {
        Conversations small = node(database(), LIMIT);
        String unnamed = begin(large());
        store(node, ref(CALLER, "named"), large() + large() + large() + large());
        for (ConversationRef ref : List.of(
                ref(CALLER, "named"),
                ref(CALLER, "other"),
                ConversationRef.unnamed(CALLER, null),
                node.responses().continuing(CALLER, unnamed, null))) {
            assertThat(expectError(() -> store(small, ref, "q")).code()).isEqualTo(ErrorCode.STORAGE_QUOTA_EXCEEDED);
        }
        assertThat(find(unnamed)).isNotNull();
        node.store().delete(CALLER, "named");
        assertThat(store(small, ConversationRef.unnamed(CALLER, null), "q")).isNotEmpty();
        assertThat(store(small, ConversationRef.unnamed("bob", null), "q")).isNotEmpty();
    }

    @Test
    void countsTheStorageOfResponses() {
        String root = begin("é€😀");
        next(root, "é€😀".repeat(50_000));
        next(root, "q");
        assertThat(queryNumber("SELECT bytes FROM conversation"))
                .isEqualTo(queryNumber("SELECT 512 + 2 + SUM(256 + COALESCE(OCTET_LENGTH(event_record), 0)"
                                + " + COALESCE(OCTET_LENGTH(event_long_record), 0)) FROM turn")
                        + queryNumber("SELECT SUM(OCTET_LENGTH(echo)) FROM turn_echo"));
    }
}
