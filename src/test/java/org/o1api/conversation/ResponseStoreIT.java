package org.o1api.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;
import org.o1api.model.Message;
import org.o1api.model.TurnId;

/** Responses that are stored without a conversation, and those that continue any response, on H2 and PostgreSQL. */
@ParameterizedClass
@EnumSource
class ResponseStoreIT extends ResponseFixture {
    private static final String CONVERSATIONS = "SELECT COUNT(*) FROM conversation";

    ResponseStoreIT(DatabaseType databaseType) {
        super(databaseType);
    }

    @Test
    void belongsToAConversationWithoutAName() {
        String first = begin("q0");
        String second = next(first, "q1");
        assertThat(queryNumber(CONVERSATIONS)).isOne();
        assertThat(promptAfter(second)).containsExactly("q0", "aq0", "q1", "aq1", "?");
        assertThat(node.store().list(CALLER, null, true, 10).items()).isEmpty();

        ConversationRef ref = node.responses().continuing(CALLER, second, null);
        assertThat(ref.isUnnamed()).isTrue();
        assertThat(node.store().find(CALLER, ref.id())).isEmpty();
        assertThat(node.store().delete(CALLER, ref.id())).isFalse();
        assertThat(expectError(() -> ConversationId.requireValid(ref.id(), "id")))
                .isNotNull();
        assertThat(expectError(() -> node.store().list(CALLER, ref.id(), true, 1))
                        .code())
                .isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    @Test
    void isFoundByItsId() {
        String first = begin("q0");
        String second = next(first, "q1");
        StoredResponse found = Objects.requireNonNull(find(second));
        assertThat(found.conversation()).isNull();
        assertThat(TurnId.response(String.valueOf(found.parent()))).isEqualTo(first);
        assertThat(TurnId.response(found.turn().id())).isEqualTo(second);
        assertThat(found.turn().messages()).containsExactly(Message.user("q1"));
        assertThat(Objects.requireNonNull(found.turn().answer()).content()).isEqualTo("aq1");
        assertThat(found.turn().echo()).isEqualTo(ECHO);
        assertThat(Objects.requireNonNull(find(first)).parent()).isNull();
    }

    /** A request may refer to thousands of turns, each in a conversation of its own. */
    @Test
    void readsManyTurnsWithFewStatements() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            ids.add(TurnId.ofResponse(begin("q" + i)).orElseThrow());
        }
        String selects = "SELECT";
        int before = instrumented.executedStatements(selects).size();
        List<String> questions = new ArrayList<>();
        node.responses().readTurns(CALLER, ids, turn -> {
            assertThat(turn.turn().echo()).isEqualTo(ECHO);
            questions.addAll(texts(turn.turn().messages()));
        });
        assertThat(questions).hasSize(40).contains("q0", "q39");
        assertThat(instrumented.executedStatements(selects).size() - before).isEqualTo(4);
        questions.clear();
        node.responses().readTurns("bob", ids, turn -> questions.add("another caller's"));
        assertThat(questions).isEmpty();
    }

    /** A repeated request may have been answered before what it continues was deleted. */
    @Test
    void findsTheAnswerOfARepeatedRequestAfterItsParentWasDeleted() {
        ConversationRef.IdempotencyKey key = key("k", "d");
        String root = begin("q0");
        ConversationRef fork = node.responses().continuing(CALLER, root, key);
        String answer = store(node, fork, "q1");
        node.responses().delete(CALLER, root);
        assertThat(node.findAnsweredTurn(node.responses().continuing(CALLER, root, key)))
                .hasValueSatisfying(
                        turn -> assertThat(TurnId.response(turn.id())).isEqualTo(answer));
        assertThat(rejection(CALLER, root, null)).isNotNull();
        assertThat(rejection(CALLER, root, key("other", "d"))).isNotNull();

        String named = store(node, ref(CALLER, "named"), "q2");
        String afterNamed = store(node, node.responses().continuing(CALLER, named, key), "q3");
        node.store().delete(CALLER, "named");
        assertThat(node.findAnsweredTurn(node.responses().continuing(CALLER, named, key)))
                .hasValueSatisfying(
                        turn -> assertThat(TurnId.response(turn.id())).isEqualTo(afterNamed));
        assertThat(rejection(CALLER, named, key("other", "d"))).isNotNull();
        assertThat(rejection(CALLER, "resp_x", key("other", "d"))).isNotNull();
    }

    @Test
    void findsLongResponsesAndThoseOfNamedConversations() {
        String text = "x".repeat(200_000);
        String first = store(node, ref(CALLER, "named"), text);
        StoredResponse found = Objects.requireNonNull(find(first));
        assertThat(found.conversation()).isEqualTo("named");
        assertThat(found.turn().messages()).containsExactly(Message.user(text));
    }

    @Test
    void forksShareTheConversationAndDoNotExcludeEachOther() {
        Conversations other = node(database(), 1 << 30);
        String root = begin("q0");
        ConversationRef fork = node.responses().continuing(CALLER, root, null);
        try (OpenConversation one = node.tryOpen(fork).orElseThrow();
                OpenConversation two = other.tryOpen(fork).orElseThrow()) {
            one.buildPrompt(List.of(Message.user("q1")), limits());
            two.buildPrompt(List.of(Message.user("q2")), limits());
            String second = store(two, fork, "q2");
            String first = store(one, fork, "q1");
            assertThat(promptAfter(first)).containsExactly("q0", "aq0", "q1", "aq1", "?");
            assertThat(promptAfter(second)).containsExactly("q0", "aq0", "q2", "aq2", "?");
        }
        assertThat(queryNumber(CONVERSATIONS)).isOne();
        assertThat(queryNumber("SELECT COUNT(*) FROM lease")).isZero();
    }

    @Test
    void storesConcurrentForksOfTwoNodes() throws Exception {
        String root = begin("q0");
        Conversations other = node(database(), 1 << 30);
        List<String> stored = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = IntStream.range(0, 16)
                .mapToObj(i -> new Thread(() -> {
                    Conversations chosen = i % 2 == 0 ? node : other;
                    String response = root;
                    for (int turn = 0; turn < 5; turn++) {
                        response = store(chosen, chosen.responses().continuing(CALLER, response, null), i + "." + turn);
                    }
                    stored.add(response);
                }))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(stored).hasSize(16);
        for (String response : stored) {
            List<String> prompt = promptAfter(response);
            String fork = prompt.get(2).split("\\.", -1)[0];
            List<String> expected = new ArrayList<>(List.of("q0", "aq0"));
            for (int turn = 0; turn < 5; turn++) {
                expected.addAll(List.of(fork + "." + turn, "a" + fork + "." + turn));
            }
            expected.add("?");
            assertThat(prompt).isEqualTo(expected);
        }
        assertThat(queryNumber(CONVERSATIONS)).isOne();
        assertThat(queryNumber("SELECT MAX(position) FROM turn")).isEqualTo(16 * 5);
    }

    @Test
    void readsInterleavedChainsInFewStatements() {
        String[] forks = {begin("q"), ""};
        forks[1] = next(forks[0], "other");
        forks[0] = next(forks[0], "one");
        for (int i = 0; i < 100; i++) {
            forks[i % 2] = next(forks[i % 2], "q" + i);
        }
        ConversationRef ref = node.responses().continuing(CALLER, forks[0], null);
        try (OpenConversation open = node.tryOpen(ref).orElseThrow()) {
            int before = instrumented.executedStatements("").size();
            List<Message> prompt = open.buildPrompt(List.of(Message.user("?")), limits());
            assertThat(texts(prompt))
                    .hasSize(2 * 52 + 1)
                    .startsWith("q", "aq", "one")
                    .doesNotContain("other", "q1");
            // conversation, turn, its newest turn; two pages of links; two batches of records; the quota
            assertThat(instrumented.executedStatements("").size() - before).isLessThanOrEqualTo(10);
        }
    }

    @Test
    void continuesAResponseOfANamedConversationBesideIt() {
        String first = store(node, ref(CALLER, "named"), "q0");
        String second = store(node, ref(CALLER, "named"), "q1");
        String fork = next(first, "q2");
        assertThat(promptAfter(fork)).containsExactly("q0", "aq0", "q2", "aq2", "?");
        assertThat(next(fork, "q3")).isNotEmpty();
        assertThat(questions("named")).containsExactly("q0", "q1");
        assertThat(promptOf(ref(CALLER, "named"))).containsExactly("q0", "aq0", "q1", "aq1", "?");
        assertThat(promptAfter(second)).containsExactly("q0", "aq0", "q1", "aq1", "?");
        assertThat(queryNumber(CONVERSATIONS)).isEqualTo(2);
        assertThat(node.store().list(CALLER, null, true, 10).items()).hasSize(1);

        assertThat(node.store().delete(CALLER, "named")).isTrue();
        assertThat(rejection(CALLER, fork).code()).isEqualTo(ErrorCode.RESPONSE_NOT_FOUND);
        assertThat(find(fork)).isNotNull();
    }

    /** What does not exist, what others have, and what was deleted cannot be told apart. */
    @Test
    void rejectsEverythingElseAlike() {
        String deleted = begin("q0");
        String child = next(deleted, "q1");
        String grandchild = next(child, "q2");
        assertThat(node.responses().delete(CALLER, deleted)).isTrue();
        String ofBob = store(node, ConversationRef.unnamed("bob", null), "q");
        String expired = begin("q3");
        database.withHandle(handle -> handle.execute(
                "UPDATE conversation SET used_at = CURRENT_TIMESTAMP - INTERVAL '31' DAY WHERE pk ="
                        + " (SELECT conversation FROM turn WHERE id = ?)",
                "turn_" + expired.substring("resp_".length())));
        new Retention(database, new ConversationDeleter(database)).run(settings(1 << 30), () -> false);

        String expected =
                String.valueOf(rejection(CALLER, "resp_" + "0".repeat(32)).getMessage());
        for (String response : List.of(
                deleted, child, grandchild, ofBob, expired, "", "resp_", "x\0", "chatcmpl-" + "0".repeat(32), "é")) {
            assertThat(rejection(CALLER, response)).as(response).hasMessage(expected);
        }
        assertThat(rejection("bob", grandchild)).hasMessage(expected);
        for (String response : List.of(deleted, ofBob, expired, "x\0")) {
            assertThat(find(response)).isNull();
            assertThat(node.responses().delete(CALLER, response)).isFalse();
        }
        assertThat(find(grandchild)).isNotNull();
    }

    @Test
    void rejectsAChainThatIsBrokenBeyondWhatIsRead() {
        String deleted = begin("q0");
        String last = next(deleted, "q1");
        for (int i = 0; i < 40; i++) {
            last = next(last, "x".repeat(3000));
        }
        assertThat(promptAfter(last)).hasSizeLessThan(20);
        assertThat(node.responses().delete(CALLER, deleted)).isTrue();
        rejection(CALLER, last);
    }

    @Test
    void isNotAResponseWithoutAnAnswer() {
        StoredTurn messages = new StoredTurn(TurnId.random(), 5, "", List.of(Message.user("q0")), null);
        node.store().create(CALLER, ConversationTable.NO_METADATA, messages);
        assertThat(find(TurnId.response(messages.id()))).isNull();
    }

    /** Deleted after it was located, and after its row was read: then it does not exist. */
    @Test
    void doesNotExistIfItIsDeletedWhileItIsRead() {
        for (String text : List.of("q", "x".repeat(200_000))) {
            for (String statement : List.of(
                    "SELECT conversation, position, id, format, parent, instructs, fingerprint",
                    "SELECT event_long_record")) {
                String inRow = begin(text);
                String named = store(node, ref(CALLER, "named"), text);
                Conversation conversation = node.store().find(CALLER, "named").orElseThrow();
                instrumented.runBefore(statement, () -> node.responses().delete(CALLER, inRow));
                assertThat(find(inRow) == null).isEqualTo(instrumented.hasFailed());
                instrumented.runBefore(statement, () -> node.responses().delete(CALLER, named));
                assertThat(node.store()
                                .turn(conversation, TurnId.ofResponse(named).orElseThrow())
                                .isEmpty())
                        .isEqualTo(instrumented.hasFailed());
            }
        }
    }

    @Test
    void storesNothingIfTheConversationWasDeletedMeanwhile() {
        String root = begin("q0");
        ConversationRef fork = node.responses().continuing(CALLER, root, null);
        try (OpenConversation open = node.tryOpen(fork).orElseThrow()) {
            open.buildPrompt(List.of(Message.user("q1")), limits());
            assertThat(node.responses().delete(CALLER, root)).isTrue();
            GatewayException error = expectError(() -> store(open, fork, "q1"));
            assertThat(error.code()).isEqualTo(ErrorCode.CONVERSATION_CHANGED);
        }
        new Retention(database, new ConversationDeleter(database)).run(settings(1 << 30), () -> false);
        assertThat(queryNumber(CONVERSATIONS)).isZero();
        assertThat(queryNumber("SELECT COUNT(*) FROM lease")).isZero();
    }

    @Test
    void letsTheLeaseOfADeadNodeExpire() {
        assertThat(settings(1 << 30).leaseDuration()).isLessThan(Duration.ofSeconds(5));
        Conversations other = node(database(), 1 << 30);
        ConversationRef ref = node.responses().continuing(CALLER, begin("q0"), key("k", "d"));
        OpenConversation dead = node.tryOpen(ref).orElseThrow();
        dead.buildPrompt(List.of(Message.user("q1")), limits());
        database.withHandle(
                handle -> handle.execute("UPDATE lease SET expires_at = CURRENT_TIMESTAMP - INTERVAL '1' SECOND"));
        assertThat(store(other, ref, "q1")).isNotEmpty();
        assertThat(expectError(() -> store(dead, ref, "q1")).code()).isEqualTo(ErrorCode.CONVERSATION_CHANGED);
        dead.close();
    }
}
