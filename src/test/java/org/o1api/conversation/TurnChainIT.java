package org.o1api.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.database.Database;
import org.o1api.model.Content;
import org.o1api.model.ErrorCode;
import org.o1api.model.Message;
import org.o1api.model.TurnParent;

/** Conversations whose turns do not all continue the turn before them, on H2 and PostgreSQL. */
@ParameterizedClass
@EnumSource
class TurnChainIT extends StoreFixture {
    private static final String CALLER = "ann";

    private Database database;
    private Conversations node;

    TurnChainIT(DatabaseType databaseType) {
        super(databaseType);
    }

    @BeforeEach
    void open() {
        database = database();
        node = node(database, 1L << 30);
    }

    private static String id(int turn) {
        return String.format("turn_%032x", turn);
    }

    /**
     * Stores a turn that says its number, and returns the texts of its prompt.
     *
     * @param parent null: the newest turn
     */
    private List<String> store(
            String caller, String conversation, int turn, @Nullable Integer parent, Message... more) {
        return storeAfter(
                caller,
                conversation,
                turn,
                parent == null ? TurnParent.Fixed.NEWEST : new TurnParent.Turn(id(parent)),
                more);
    }

    private List<String> storeAfter(String caller, String conversation, int turn, TurnParent parent, Message... more) {
        List<Message> request = new ArrayList<>(List.of(more));
        request.add(Message.user("u" + turn));
        ConversationRef ref = new ConversationRef(caller, conversation, parent, null);
        try (OpenConversation open = node.tryOpen(ref).orElseThrow()) {
            List<Message> prompt = open.buildPrompt(request, new HistoryLimits(10_000, Integer.MAX_VALUE, false));
            open.store(id(turn), 5, "m", answer("a" + turn));
            return texts(prompt);
        }
    }

    private static List<String> texts(List<Message> messages) {
        return messages.stream()
                .map(message -> message.content() instanceof Content.Text text ? text.text() : "")
                .toList();
    }

    /** Inserts a row without changes. Creates its conversation if that does not exist. */
    private void insert(String conversation, int turn, @Nullable String parent) {
        if (node.store().find(CALLER, conversation).isEmpty()) {
            database.withHandle(
                    handle -> ConversationTable.insert(handle, CALLER, conversation, ConversationTable.NO_METADATA, 0));
        }
        Conversation found = conversation(conversation);
        SerializedTurn record = SerializedTurn.of(
                new StoredTurn(id(turn), 5, "m", List.of(Message.user("u" + turn)), answer("a" + turn)));
        database.withHandle(handle -> {
            TurnTable.insert(handle, found.primaryKey(), parent, record, null);
            return handle.execute("UPDATE conversation SET forked = TRUE WHERE pk = ?", found.primaryKey());
        });
    }

    private Conversation conversation(String id) {
        return node.store().find(CALLER, id).orElseThrow();
    }

    private List<String> read(String conversation, @Nullable Integer from, boolean ascending) {
        List<String> questions = new ArrayList<>();
        node.store().readUntil(conversation(conversation), from == null ? null : id(from), ascending, turn -> {
            questions.addAll(texts(turn.turn().messages()));
            return false;
        });
        return questions;
    }

    @Test
    void readsTheChainOfTheNewestTurn() {
        store(CALLER, "c", 0, null);
        store(CALLER, "c", 1, null);
        store(CALLER, "c", 2, null);
        assertThat(conversation("c").forked()).isFalse();

        assertThat(store(CALLER, "c", 3, 0)).containsExactly("u0", "a0", "u3");
        assertThat(store(CALLER, "c", 4, null)).containsExactly("u0", "a0", "u3", "a3", "u4");

        assertThat(conversation("c").forked()).isTrue();
        assertThat(read("c", null, true)).containsExactly("u0", "u3", "u4");
        assertThat(read("c", null, false)).containsExactly("u4", "u3", "u0");
        assertThat(read("c", 3, true)).containsExactly("u3", "u4");
        assertThat(read("c", 3, false)).containsExactly("u3", "u0");
        assertThat(read("c", 1, true)).isEmpty();
        assertThat(read("c", 1, false)).isEmpty();
        assertThat(node.store().turn(conversation("c"), id(3))).isPresent();
        assertThat(node.store().turn(conversation("c"), id(1))).isEmpty();
        assertThat(queryNumber("SELECT MAX(position) FROM turn")).isEqualTo(4);
    }

    @Test
    void continuesATurnThatHasLeft() {
        store(CALLER, "c", 0, null);
        store(CALLER, "c", 1, null);
        store(CALLER, "c", 2, 0);
        assertThat(store(CALLER, "c", 3, 1)).containsExactly("u0", "a0", "u1", "a1", "u3");
        assertThat(read("c", null, true)).containsExactly("u0", "u1", "u3");
    }

    @Test
    void startsOver() {
        assertThat(storeAfter(CALLER, "c", 0, TurnParent.Fixed.NONE)).containsExactly("u0");
        assertThat(conversation("c").forked()).isFalse();
        long bytes = queryNumber("SELECT bytes FROM conversation");
        assertThat(storeAfter(CALLER, "c", 1, TurnParent.Fixed.NONE)).containsExactly("u1");
        assertThat(conversation("c").forked()).isTrue();
        assertThat(store(CALLER, "c", 2, null)).containsExactly("u1", "a1", "u2");
        assertThat(read("c", null, true)).containsExactly("u1", "u2");
        assertThat(store(CALLER, "c", 3, 0)).containsExactly("u0", "a0", "u3");

        // turns that have left count, and are deleted with the conversation
        assertThat(queryNumber("SELECT bytes FROM conversation"))
                .isGreaterThan(bytes + 3 * StorageQuota.BYTES_PER_TURN);
        node.store().delete(CALLER, "c");
        assertThat(queryNumber("SELECT COUNT(*) FROM turn")).isZero();
    }

    /** As the transaction of a turn, which its lease protects, finds the conversation. */
    @Test
    void keepsTheChainIfTheTurnIsNotStored() {
        store(CALLER, "c", 0, null);
        store(CALLER, "c", 1, null);
        ConversationRef ref = new ConversationRef(CALLER, "c", new TurnParent.Turn(id(0)), null);
        try (OpenConversation open = node.tryOpen(ref).orElseThrow()) {
            assertThat(node.tryOpen(ref)).isEmpty();
            open.buildPrompt(List.of(Message.user("?")), new HistoryLimits(10_000, Integer.MAX_VALUE, false));
            database.withHandle(handle -> handle.execute("DELETE FROM lease"));
            assertThat(expectError(() -> open.store(id(2), 5, "m", answer("!"))).code())
                    .isEqualTo(ErrorCode.CONVERSATION_CHANGED);
        }
        assertThat(conversation("c").forked()).isFalse();
        assertThat(read("c", null, true)).containsExactly("u0", "u1");
    }

    @Test
    void isNotForkedIfTheParentIsTheNewestTurn() {
        store(CALLER, "c", 0, null);
        store(CALLER, "c", 1, 0);
        assertThat(conversation("c").forked()).isFalse();
        assertThat(read("c", null, true)).containsExactly("u0", "u1");
    }

    @Test
    void continuesATurnOfAnotherConversation() {
        store(CALLER, "old", 0, null);
        store(CALLER, "old", 1, null);
        store(CALLER, "old", 2, null);
        insert("new", 3, id(1));
        assertThat(store(CALLER, "new", 4, null)).containsExactly("u0", "a0", "u1", "a1", "u3", "a3", "u4");
        assertThat(read("new", null, true)).containsExactly("u0", "u1", "u3", "u4");
        assertThat(read("new", 1, true)).containsExactly("u1", "u3", "u4");
        assertThat(read("new", 1, false)).containsExactly("u1", "u0");
        assertThat(node.store().turn(conversation("new"), id(1))).isPresent();

        node.store().delete(CALLER, "old");
        assertThat(read("new", null, true)).containsExactly("u3", "u4");
        assertThat(store(CALLER, "new", 5, null)).containsExactly("u3", "a3", "u4", "a4", "u5");
    }

    @Test
    void neverContinuesATurnOfAnotherCaller() {
        store("bob", "secret", 0, null);
        store(CALLER, "c", 1, null);
        store(CALLER, "d", 5, null);
        for (String conversation : List.of("c", "none")) {
            for (int parent : List.of(0, 5, 99)) {
                assertThat(expectError(() -> store(CALLER, conversation, 2, parent))
                                .code())
                        .isEqualTo(ErrorCode.TURN_NOT_FOUND);
            }
        }

        insert("c", 3, id(0));
        assertThat(read("c", null, true)).containsExactly("u3");
        assertThat(read("c", null, false)).containsExactly("u3");
        assertThat(store(CALLER, "c", 4, null)).containsExactly("u3", "a3", "u4");
    }

    /** Between the look-up of the parent and that of its chain. */
    @ParameterizedTest
    @ValueSource(strings = {"DELETE FROM turn", "UPDATE turn SET format = " + TurnTable.DELETED})
    void rejectsAParentThatIsDeletedMeanwhile(String deletion) {
        store(CALLER, "c", 0, null);
        store(CALLER, "c", 1, null);
        long key = conversation("c").primaryKey();
        TurnTable.Row parent =
                database.withHandle(handle -> TurnTable.find(handle, key, id(1)).orElseThrow());
        database.withHandle(handle -> handle.execute(deletion + " WHERE id = ?", id(1)));
        assertThat(expectError(() -> readAfter(parent, key, false)).code()).isEqualTo(ErrorCode.TURN_NOT_FOUND);
        assertThat(expectError(() -> readAfter(parent, key, true)).code()).isEqualTo(ErrorCode.RESPONSE_NOT_FOUND);
    }

    private History readAfter(TurnTable.Row parent, long key, boolean isUnnamed) {
        History.Window window =
                new History.Window(new HistoryLimits(10_000, Integer.MAX_VALUE, false), List.of(Message.user("?")));
        return database.withHandle(handle -> new HistoryReader(handle, window).readAfter(parent, key, isUnnamed));
    }

    /** Conversations of all callers that are being deleted have one caller name in common. */
    @Test
    void endsInAConversationThatIsBeingDeleted() {
        store("bob", "secret", 0, null);
        store(CALLER, "c", 1, null);
        insert("c", 2, id(0));
        Conversation found = conversation("c");
        database.withHandle(handle -> handle.execute(ConversationDeleter.MARK_AS_DELETED));
        List<String> questions = new ArrayList<>();
        node.store()
                .readUntil(
                        found,
                        null,
                        false,
                        turn -> !questions.addAll(texts(turn.turn().messages())));
        assertThat(questions).containsExactly("u2");
    }

    @Test
    void endsAtACycle() {
        store(CALLER, "a", 0, null);
        store(CALLER, "b", 1, null);
        insert("a", 2, id(3));
        insert("b", 3, id(2));
        store(CALLER, "self", 4, null);
        insert("self", 5, id(5));
        assertThat(read("a", null, false)).containsExactly("u2", "u3");
        assertThat(read("b", null, true)).containsExactly("u2", "u3");
        assertThat(read("self", null, true)).containsExactly("u5");
        assertThat(store(CALLER, "a", 6, null)).containsExactly("u3", "a3", "u2", "a2", "u6");
    }

    /** Compares chains in three conversations with the map of parents, across pages of rows and of links. */
    @Test
    void followsParentsAnywhere() {
        Random random = new Random(1);
        List<String> names = List.of("x", "y", "z");
        Map<Integer, @Nullable Integer> parents = new LinkedHashMap<>();
        Map<String, Integer> newest = new LinkedHashMap<>();
        for (String name : names) {
            store(CALLER, name, parents.size(), null);
            newest.put(name, parents.size());
            parents.put(parents.size(), null);
        }
        for (int turn = parents.size(); turn < 1500; turn++) {
            String name = names.get(random.nextInt(names.size()));
            int parent = random.nextInt(10) == 0
                    ? Math.max(0, turn - 1 - random.nextInt(200))
                    : turn % 500 < 300 ? Objects.requireNonNull(newest.get(name)) : turn - 1;
            insert(name, turn, id(parent));
            parents.put(turn, parent);
            newest.put(name, turn);
        }
        for (String name : names) {
            List<Integer> chain = new ArrayList<>();
            for (Integer turn = newest.get(name); turn != null; turn = parents.get(turn)) {
                chain.add(turn);
            }
            List<String> descending = chain.stream().map(turn -> "u" + turn).toList();
            List<String> ascending = new ArrayList<>(descending);
            Collections.reverse(ascending);
            assertThat(read(name, null, false)).isEqualTo(descending);
            assertThat(read(name, null, true)).isEqualTo(ascending);
            int middle = chain.size() / 2;
            assertThat(read(name, chain.get(middle), false)).isEqualTo(descending.subList(middle, chain.size()));
            assertThat(read(name, chain.get(middle), true))
                    .isEqualTo(ascending.subList(chain.size() - 1 - middle, chain.size()));
        }
    }

    @Test
    void sendsTheInstructionsOfItsChainOnly() {
        String filler = "x".repeat(100_000);
        store(CALLER, "c", 0, null, Message.system("s0"));
        store(CALLER, "c", 1, null, Message.system("s1"));
        store(CALLER, "c", 2, 0, Message.system("s2"));
        store(CALLER, "c", 3, null, Message.user(filler));
        assertThat(store(CALLER, "c", 4, null, Message.system("s4"))).containsExactly("s0", "s2", "s4", "u4");
        insert("other", 5, id(4));
        assertThat(store(CALLER, "other", 6, null)).containsExactly("s0", "s2", "s4", "u4", "a4", "u5", "a5", "u6");
    }

    /** An older node appends to what is the newest turn then, and does not know parents. */
    @Test
    void readsRowsOfAnOlderNodeInBetween() {
        store(CALLER, "c", 0, null);
        store(CALLER, "c", 1, null);
        store(CALLER, "c", 2, 0);
        database.withHandle(handle -> handle.execute("INSERT INTO turn (conversation, position, id, idempotency_key,"
                + " fingerprint, instructs, record, long_record) SELECT pk, 3, 'chatcmpl-3', NULL, NULL, FALSE,"
                + " '{\"created\":5,\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"u3\"}]}', NULL"
                + " FROM conversation WHERE id = 'c'"));
        assertThat(read("c", null, true)).containsExactly("u0", "u2", "u3");
        assertThat(store(CALLER, "c", 4, null)).containsExactly("u0", "a0", "u2", "a2", "u3", "u4");
        assertThat(read("c", null, false)).containsExactly("u4", "u3", "u2", "u0");
        assertThat(queryNumber("SELECT COUNT(*) FROM turn WHERE parent = 'chatcmpl-3'"))
                .isEqualTo(1);
    }

    /** Without a record an older node rejects the request, instead of leaving out the answer. */
    @Test
    void storesNoRecordThatAnOlderNodeWouldMisread() {
        store(CALLER, "c", 0, null);
        store(CALLER, "c", 1, null, Message.user("x".repeat(100_000)));
        assertThat(queryNumber("SELECT COUNT(*) FROM turn WHERE format = 2 AND record IS NULL AND long_record IS NULL"))
                .isEqualTo(2);
        assertThat(queryNumber("SELECT COUNT(*) FROM turn WHERE parent IS NULL"))
                .isEqualTo(1);
    }
}
