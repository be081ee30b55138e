package org.o1api.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.database.Database;
import org.o1api.database.DatabaseSource;
import org.o1api.model.Content;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.GatewayException;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;
import org.o1api.model.TurnUsage;
import org.o1api.model.Usage;
import org.o1api.testing.HangingProxy;
import org.o1api.testing.Postgres;

/** The store on both databases. */
@ParameterizedClass
@EnumSource
class ConversationStoreIT {
    enum Kind {
        H2,
        POSTGRESQL
    }

    private final Kind kind;

    @TempDir
    Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private @Nullable String url;

    ConversationStoreIT(Kind kind) {
        this.kind = kind;
    }

    @AfterEach
    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private String url() {
        if (url == null) {
            url = kind == Kind.H2 ? "jdbc:h2:file:" + folder.resolve("conversations") : Postgres.emptyDatabase();
        }
        return url;
    }

    private ConversationSettings settings() {
        return new ConversationSettings(
                new DatabaseSource.Url(url(), null, null, 10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(2),
                Duration.ofDays(30),
                10_000,
                1L << 30);
    }

    private Database database() {
        Database database = new Database(settings().source(), name -> null, "");
        open.add(database);
        return database;
    }

    /** A node, which keeps order or not, with its database open. */
    private Conversations node(boolean order) {
        Conversations node = new Conversations(database(), settings(), text -> text.length());
        assertThat(node.store().find("nobody", "nothing")).isEmpty();
        if (order) {
            ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(3);
            open.add(scheduler::shutdownNow);
            node.startMaintenance(scheduler);
        }
        return node;
    }

    private static ConversationRef entry(String caller, String id) {
        return new ConversationRef(caller, id, null);
    }

    private static ConversationRef entry(String key, String fingerprint, String id) {
        return new ConversationRef("ann", id, new ConversationRef.IdempotencyKey(key, fingerprint));
    }

    private static HistoryLimits bounds(long tokens) {
        return new HistoryLimits(tokens, Integer.MAX_VALUE, false);
    }

    private static StoredTurn.Answer answer(String content) {
        return new StoredTurn.Answer(
                content,
                null,
                null,
                null,
                List.of(new StoredTurn.Step("T", "thought")),
                FinishReason.STOP,
                new TurnUsage(new Usage(4, 3, 2, 1), new Usage(9, 3, 2, 5, 4), 2, 3));
    }

    private static List<Message> say(Conversations node, ConversationRef entry, String question, String answer) {
        try (OpenConversation conversation = node.tryOpen(entry).orElseThrow()) {
            List<Message> prompt = conversation.buildPrompt(List.of(Message.user(question)), bounds(100_000_000));
            conversation.store("chatcmpl-" + question.hashCode(), 5, "m", answer(answer));
            return prompt;
        }
    }

    private static GatewayException refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(GatewayException.class, call);
    }

    private static List<StoredTurn> turns(Conversations node, ConversationRef entry) {
        Optional<Conversation> conversation = node.store().find(entry.caller(), entry.id());
        return conversation.isEmpty()
                ? List.of()
                : node.store().turns(conversation.get(), null, true, 1000).stream()
                        .map(ConversationStore.PositionedTurn::turn)
                        .toList();
    }

    @Test
    void keepsAllOfATurn() {
        Conversations node = node(false);
        ConversationRef entry = entry("ann", "all");
        List<Message> messages = List.of(
                Message.system("Be brief."),
                new Message(
                        Role.USER,
                        new Content.Parts(new RawJson("[{\"type\":\"text\",\"text\":\"\u2028👩‍👩‍👧\"}]")),
                        Map.of("name", new RawJson("\"Ann\""))));
        StoredTurn.Answer answer = new StoredTurn.Answer(
                null,
                "I cannot.",
                "sent \\ \" \n",
                new RawJson("[{\"id\":\"c\"}]"),
                List.of(new StoredTurn.Step("", "one"), new StoredTurn.Step("T", "two")),
                FinishReason.TOOL_CALLS,
                new TurnUsage(new Usage(4, 3, 2, 1), new Usage(9, 3, 2, 5, 4), 2, 3));
        try (OpenConversation conversation = node.tryOpen(entry).orElseThrow()) {
            assertThat(conversation.buildPrompt(messages, bounds(1000))).isEqualTo(messages);
            conversation.store("chatcmpl-1", 5, "m", answer);
        }
        assertThat(turns(node, entry)).containsExactly(new StoredTurn("chatcmpl-1", 5, "m", messages, answer));
    }

    @Test
    void hasNothingByWhatIsNoName() {
        ConversationStore store = node(false).store();
        for (String name : List.of("", "a b", "a\0b", ".", "x".repeat(129))) {
            assertThat(store.find("ann", name)).isEmpty();
            assertThat(refused(() -> store.list("ann", name, true, 1)).code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        }
    }

    @Test
    void keepsTextOfAnyLength() {
        Conversations node = node(false);
        String long1 = "é".repeat(3_000_000);
        say(node, entry("ann", "long"), long1, long1);
        assertThat(say(node, entry("ann", "long"), "More?", "No."))
                .containsExactly(Message.user(long1), Message.assistant(long1), Message.user("More?"));
    }

    @Test
    void survivesBeingClosed() throws Exception {
        Conversations node = node(false);
        say(node, entry("ann", "stays"), "One?", "Yes.");
        open.remove(0).close();
        assertThat(say(node(false), entry("ann", "stays"), "Two?", "Yes."))
                .containsExactly(Message.user("One?"), Message.assistant("Yes."), Message.user("Two?"));
    }

    @Test
    void givesTheFloorToOneAtATime() {
        Conversations node = node(false);
        Conversations other = node(false);
        ConversationRef entry = entry("ann", "floor");
        OpenConversation first = node.tryOpen(entry).orElseThrow();
        assertThat(node.tryOpen(entry)).isEmpty();
        assertThat(other.tryOpen(entry)).isEmpty();
        other.tryOpen(entry("bob", "floor")).orElseThrow().close();
        first.close();
        other.tryOpen(entry).orElseThrow().close();
        assertThat(turns(node, entry)).isEmpty();
        assertThat(node.store().find("ann", "floor")).isEmpty();
    }

    @Test
    void takesTheFloorFromANodeThatDied() {
        Conversations dead = node(false);
        Conversations other = node(false);
        ConversationRef entry = entry("ann", "dead");
        OpenConversation first = dead.tryOpen(entry).orElseThrow();
        first.buildPrompt(List.of(Message.user("Lost?")), bounds(1000));
        await().atMost(Duration.ofSeconds(10)).until(() -> {
            Optional<OpenConversation> taken = other.tryOpen(entry);
            taken.ifPresent(conversation -> {
                conversation.buildPrompt(List.of(Message.user("Kept?")), bounds(1000));
                conversation.store("chatcmpl-2", 5, "m", answer("Yes."));
                conversation.close();
            });
            return taken.isPresent();
        });
        assertThat(refused(() -> first.store("chatcmpl-1", 5, "m", answer("No.")))
                        .code())
                .isEqualTo(ErrorCode.CONVERSATION_CHANGED);
        first.close();
        assertThat(turns(other, entry))
                .singleElement()
                .satisfies(turn -> assertThat(turn.messages()).containsExactly(Message.user("Kept?")));
    }

    @Test
    void keepsTheFloorForAsLongAsItsNodeLives() {
        Conversations node = node(true);
        Conversations other = node(true);
        ConversationRef entry = entry("ann", "lives");
        try (OpenConversation first = node.tryOpen(entry).orElseThrow()) {
            long end = System.nanoTime() + Duration.ofSeconds(5).toNanos(); // twice the lease and more
            await().pollInterval(Duration.ofMillis(100))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> {
                        assertThat(other.tryOpen(entry)).isEmpty();
                        return System.nanoTime() > end;
                    });
            first.buildPrompt(List.of(Message.user("?")), bounds(1000));
            first.store("chatcmpl-1", 5, "m", answer("Yes."));
        }
        assertThat(turns(node, entry)).hasSize(1);
    }

    @Test
    void letsALeaseEndThatCouldNotBeGivenBack() {
        if (kind == Kind.H2) {
            return; // its database is never away for a moment
        }
        Conversations node = node(true);
        node.store().find("ann", "zombie");
        OpenConversation open = node.tryOpen(entry("ann", "zombie")).orElseThrow();
        Postgres.allowConnections(url(), false);
        try {
            open.close();
        } finally {
            Postgres.allowConnections(url(), true);
        }
        await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> {
            Optional<OpenConversation> next = node.tryOpen(entry("ann", "zombie"));
            next.ifPresent(OpenConversation::close);
            return next.isPresent();
        });
    }

    @Test
    void endsAFirstTurnThatIsDeleted() {
        Conversations node = node(false);
        OpenConversation open = node.tryOpen(entry("ann", "first")).orElseThrow();
        open.buildPrompt(List.of(Message.user("One?")), bounds(1000));
        assertThat(node.store().delete("ann", "first")).isTrue();
        assertThat(refused(() -> open.store("chatcmpl-1", 5, "m", answer("No.")))
                        .code())
                .isEqualTo(ErrorCode.CONVERSATION_CHANGED);
        open.close();
        assertThat(node.store().find("ann", "first")).isEmpty();
    }

    @Test
    void storesNothingInAConversationThatWasDeleted() {
        Conversations node = node(false);
        ConversationRef entry = entry("ann", "deleted");
        say(node, entry, "One?", "Yes.");
        try (OpenConversation open = node.tryOpen(entry).orElseThrow()) {
            open.buildPrompt(List.of(Message.user("Two?")), bounds(1000));
            assertThat(node.store().delete("ann", "deleted")).isTrue();
            assertThat(refused(() -> open.store("chatcmpl-1", 5, "m", answer("No.")))
                            .code())
                    .isEqualTo(ErrorCode.CONVERSATION_CHANGED);
        }
        assertThat(node.store().find("ann", "deleted")).isEmpty();
        assertThat(node.store().delete("ann", "deleted")).isFalse();
        assertThat(say(node, entry, "Three?", "Yes.")).containsExactly(Message.user("Three?"));
    }

    @Test
    void storesAllOrNothing() {
        Conversations node = node(false);
        say(node, entry("k", "f", "nothing"), "One?", "Yes.");
        try (OpenConversation open = node.tryOpen(entry("k", "f", "nothing")).orElseThrow()) {
            open.buildPrompt(List.of(Message.user("Two?")), bounds(1000));
            // The key is taken: the last statement of the transaction fails, and takes the others with it.
            assertThat(refused(() -> open.store("chatcmpl-1", 5, "m", answer("No.")))
                            .code())
                    .isEqualTo(ErrorCode.STORE_UNAVAILABLE);
            assertThat(node.tryOpen(entry("ann", "nothing")))
                    .as("the lease is still held")
                    .isEmpty();
        }
        assertThat(turns(node, entry("ann", "nothing"))).hasSize(1);
        node.tryOpen(entry("ann", "nothing")).orElseThrow().close();
    }

    @Test
    void knowsARequestByItsKey() {
        Conversations node = node(false);
        Conversations other = node(false);
        ConversationRef entry = entry("k", "f", "keyed");
        assertThat(node.answered(entry)).isEmpty();
        try (OpenConversation open = node.tryOpen(entry).orElseThrow()) {
            assertThat(refused(() -> other.answered(entry)).code()).isEqualTo(ErrorCode.IDEMPOTENCY_KEY_IN_USE);
            assertThat(refused(() -> other.tryOpen(entry)).code()).isEqualTo(ErrorCode.IDEMPOTENCY_KEY_IN_USE);
            assertThat(refused(() -> other.answered(entry("k", "g", "keyed"))).code())
                    .isEqualTo(ErrorCode.IDEMPOTENCY_KEY_REUSED);
            assertThat(other.tryOpen(entry("l", "f", "keyed"))).isEmpty();
            open.buildPrompt(List.of(Message.user("One?")), bounds(1000));
            open.store("chatcmpl-1", 5, "m", answer("Yes."));
        }
        assertThat(other.answered(entry))
                .hasValueSatisfying(turn -> assertThat(turn.answer()).isEqualTo(answer("Yes.")));
        assertThat(refused(() -> other.answered(entry("k", "g", "keyed"))).code())
                .isEqualTo(ErrorCode.IDEMPOTENCY_KEY_REUSED);
        assertThat(other.answered(entry("l", "f", "keyed"))).isEmpty();
        assertThat(other.answered(new ConversationRef("bob", "keyed", new ConversationRef.IdempotencyKey("k", "f"))))
                .isEmpty();
    }

    @Test
    void tellsTheNewestTurnsAndAllInstructions() {
        Conversations node = node(false);
        ConversationRef entry = entry("ann", "much");
        try (OpenConversation open = node.tryOpen(entry).orElseThrow()) {
            open.buildPrompt(List.of(Message.system("Be brief."), Message.user("0")), bounds(1000));
            open.store("chatcmpl-0", 5, "m", answer("yes 0"));
        }
        for (int i = 1; i < 100; i++) {
            say(node, entry, String.valueOf(i), "yes " + i);
        }
        try (OpenConversation open = node.tryOpen(entry).orElseThrow()) {
            // 4 around each message and a token a letter: 5 and 13 for the instructions, then 16 for each turn.
            List<Message> prompt = open.buildPrompt(List.of(Message.user("?")), bounds(66));
            assertThat(prompt)
                    .containsExactly(
                            Message.system("Be brief."),
                            Message.user("97"),
                            Message.assistant("yes 97"),
                            Message.user("98"),
                            Message.assistant("yes 98"),
                            Message.user("99"),
                            Message.assistant("yes 99"),
                            Message.user("?"));
            List<Message> all = new ArrayList<>(open.buildPrompt(List.of(Message.user("?")), bounds(1_000_000)));
            assertThat(all).hasSize(202);
            assertThat(open.buildPrompt(all, bounds(66))).isEqualTo(prompt);
        }
    }

    @Test
    void readsNoMoreThanARequestMayBring() {
        Conversations node = node(false);
        ConversationRef entry = entry("ann", "heavy");
        String heavy = "x".repeat(200_000);
        for (int i = 0; i < 5; i++) {
            say(node, entry, i + heavy, "yes " + i);
        }
        try (OpenConversation open = node.tryOpen(entry).orElseThrow()) {
            HistoryLimits bounds = new HistoryLimits(100_000_000, 500_000, false);
            assertThat(open.buildPrompt(List.of(Message.user("?")), bounds))
                    .containsExactly(
                            Message.user(2 + heavy),
                            Message.assistant("yes 2"),
                            Message.user(3 + heavy),
                            Message.assistant("yes 3"),
                            Message.user(4 + heavy),
                            Message.assistant("yes 4"),
                            Message.user("?"));
        }
    }

    @Test
    void knowsALongConversationThatIsToldOtherwise() {
        Conversations node = node(false);
        ConversationRef entry = entry("ann", "retold");
        for (int i = 0; i < 40; i++) {
            say(node, entry, "question " + i, "yes " + i);
        }
        List<Message> otherwise =
                List.of(Message.user("question 0"), Message.assistant("no"), Message.user("question 1"));
        try (OpenConversation open = node.tryOpen(entry).orElseThrow()) {
            assertThat(refused(() -> open.buildPrompt(otherwise, bounds(10))).code())
                    .isEqualTo(ErrorCode.CONVERSATION_DIFFERS);
            assertThat(open.buildPrompt(otherwise.subList(0, 1), bounds(10))).isEqualTo(otherwise.subList(0, 1));
        }
    }

    private static StoredTurn.Answer calling(String id) {
        RawJson calls = new RawJson(
                "[{\"id\":\"" + id + "\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]");
        return new StoredTurn.Answer(null, null, null, calls, List.of(), FinishReason.TOOL_CALLS, TurnUsage.NONE);
    }

    private static Message result(String id, String text) {
        return new Message(Role.TOOL, new Content.Text(text), Map.of("tool_call_id", new RawJson("\"" + id + "\"")));
    }

    private static List<Message> turn(
            Conversations node, ConversationRef entry, Message said, HistoryLimits bounds, StoredTurn.Answer answer) {
        try (OpenConversation conversation = node.tryOpen(entry).orElseThrow()) {
            List<Message> prompt = conversation.buildPrompt(List.of(said), bounds);
            conversation.store("chatcmpl-" + prompt.hashCode(), 5, "m", answer);
            return prompt;
        }
    }

    @Test
    void neverPartsAResultFromItsCall() {
        Conversations node = node(false);
        ConversationRef entry = entry("ann", "tools");
        HistoryLimits bounds = new HistoryLimits(1_000_000, 50_000, false);
        turn(node, entry, Message.user("Go"), bounds, calling("c0"));
        for (int i = 0; i < 4; i++) {
            List<Message> prompt =
                    turn(node, entry, result("c" + i, "x".repeat(20_000)), bounds, calling("c" + (i + 1)));
            assertThat(prompt).hasSize(3 + 2 * i).startsWith(Message.user("Go"));
        }
        turn(node, entry, result("c4", "x".repeat(20_000)), bounds, calling("c5"));
        GatewayException tooMuch = refused(() -> turn(node, entry, result("c5", "x"), bounds, answer("Done.")));
        assertThat(tooMuch.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(tooMuch).hasMessageContaining("tool calls").hasMessageContaining("limits.body");
        // Where they are not needed they are left out, as all that is old.
        assertThat(turn(node, entry, Message.user("Well?"), bounds, answer("Done.")))
                .containsExactly(Message.user("Well?"));
        assertThat(turn(node, entry, Message.user("More?"), bounds, answer("Done.")))
                .containsExactly(Message.user("Well?"), Message.assistant("Done."), Message.user("More?"));
    }

    @Test
    void knowsAllThatARequestCanBringWhateverWasThought() {
        Conversations node = node(false);
        ConversationRef entry = entry("ann", "thought");
        HistoryLimits bounds = new HistoryLimits(1_000, 10_000, false);
        StoredTurn.Answer thought = new StoredTurn.Answer(
                "Yes.",
                null,
                "x".repeat(5_000) + "Yes.",
                null,
                List.of(new StoredTurn.Step("", "x".repeat(5_000))),
                FinishReason.STOP,
                TurnUsage.NONE);
        List<Message> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            turn(node, entry, Message.user("question " + i), bounds, thought);
            all.addAll(List.of(Message.user("question " + i), Message.assistant("Yes.")));
        }
        all.add(Message.user("More?"));
        try (OpenConversation open = node.tryOpen(entry).orElseThrow()) {
            List<Message> prompt = open.buildPrompt(List.of(Message.user("More?")), bounds);
            assertThat(open.buildPrompt(all, bounds)).isEqualTo(prompt);
            assertThat(open.buildPrompt(all.subList(3, all.size()), bounds)).isEqualTo(prompt);
            assertThat(open.buildPrompt(all, new HistoryLimits(1_000, 10_000, true)))
                    .endsWith(Message.user("More?"));
        }
    }

    @Test
    void tellsTheLastTurnWhereTheRequestIsAboutIt() {
        Conversations node = node(false);
        Message question = Message.user("x".repeat(1000));
        Conversation conversation = node.store()
                .create("ann", new RawJson("{}"), new StoredTurn("chatcmpl-0", 5, "", List.of(question), null));
        try (OpenConversation open =
                node.tryOpen(entry("ann", conversation.id())).orElseThrow()) {
            assertThat(open.buildPrompt(List.of(question), bounds(10))).containsExactly(question);
            assertThat(open.buildPrompt(List.of(Message.system("Be brief.")), bounds(10)))
                    .containsExactly(question, Message.system("Be brief."));
        }
    }

    @Test
    void knowsAnImageHoweverItsDefaultsAreWritten() {
        Conversations node = node(false);
        ConversationRef entry = entry("ann", "image");
        String image = "[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:x\"%s}}]";
        Message plain = new Message(Role.USER, new Content.Parts(new RawJson(image.formatted(""))), Map.of());
        Message full = new Message(
                Role.USER, new Content.Parts(new RawJson(image.formatted(",\"detail\":\"auto\""))), Map.of());
        turn(node, entry, full, bounds(10_000), answer("A cat."));
        try (OpenConversation open = node.tryOpen(entry).orElseThrow()) {
            assertThat(open.buildPrompt(
                            List.of(plain, Message.assistant("A cat."), Message.user("Sure?")), bounds(10_000)))
                    .containsExactly(full, Message.assistant("A cat."), Message.user("Sure?"));
        }
    }

    @Test
    void countsTheReasoningThatIsTold() {
        Conversations node = node(false);
        ConversationRef entry = entry("ann", "reasons");
        for (int i = 0; i < 20; i++) {
            say(node, entry, "question " + (10 + i), "yes");
        }
        try (OpenConversation open = node.tryOpen(entry).orElseThrow()) {
            // 4 around each: 5 for the question, 16 + 7 for each turn, and 4 + "**T**", 2 line breaks, "thought" with
            // the reasoning.
            assertThat(open.buildPrompt(List.of(Message.user("?")), new HistoryLimits(5 + 3 * 23, 10_000, false)))
                    .hasSize(7);
            assertThat(open.buildPrompt(List.of(Message.user("?")), new HistoryLimits(5 + 2 * 41, 10_000, true)))
                    .hasSize(5);
        }
    }

    @Test
    void tellsNoMoreInstructionsThanARequestMayBring() {
        Conversations node = node(false);
        ConversationRef entry = entry("ann", "orders");
        HistoryLimits bounds = new HistoryLimits(1_000_000, 10_000, false);
        for (int i = 0; i < 2; i++) {
            turn(node, entry, Message.system(i + "x".repeat(4_000)), bounds, answer("Yes."));
        }
        turn(node, entry, Message.system("2" + "x".repeat(4_000)), bounds, answer("Yes."));
        GatewayException tooMuch = refused(() -> turn(node, entry, Message.user("?"), bounds, answer("Yes.")));
        assertThat(tooMuch.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(tooMuch).hasMessageContaining("system messages");
    }

    @Test
    void knowsWhatIsToldAgainButNotToItsEnd() {
        Conversations node = node(false);
        ConversationRef entry = entry("ann", "twice");
        for (int i = 0; i < 3; i++) {
            say(node, entry, "q" + i, "a" + i);
        }
        List<Message> edited = List.of(
                Message.user("other"),
                Message.assistant("a0"),
                Message.user("q1"),
                Message.assistant("a1"),
                Message.user("x"));
        List<Message> again = List.of(Message.user("q1"), Message.assistant("a1"), Message.user("q2"));
        List<Message> beyondTheEnd = List.of(
                Message.user("q2"),
                Message.assistant("a2"),
                Message.user("q1"),
                Message.assistant("a1"),
                Message.user("x"));
        try (OpenConversation open = node.tryOpen(entry).orElseThrow()) {
            for (List<Message> messages : List.of(edited, again, beyondTheEnd)) {
                assertThat(refused(() -> open.buildPrompt(messages, bounds(1000)))
                                .code())
                        .isEqualTo(ErrorCode.CONVERSATION_DIFFERS);
            }
            // A new instruction is something new.
            assertThat(open.buildPrompt(
                            List.of(Message.user("q2"), Message.assistant("a2"), Message.system("In French.")),
                            bounds(1000)))
                    .hasSize(7)
                    .endsWith(Message.system("In French."));
            assertThat(refused(() -> open.buildPrompt(
                                    List.of(Message.user("q2"), Message.assistant("a2")), bounds(1000)))
                            .code())
                    .isEqualTo(ErrorCode.INVALID_REQUEST);
        }
    }

    @Test
    void knowsARefusalThatIsSentAgain() {
        Conversations node = node(false);
        ConversationRef entry = entry("ann", "refused");
        StoredTurn.Answer no =
                new StoredTurn.Answer(null, "I cannot.", null, null, List.of(), FinishReason.STOP, TurnUsage.NONE);
        turn(node, entry, Message.user("Do it."), bounds(1000), no);
        RawJson why = new RawJson("\"I cannot.\"");
        RawJson part = new RawJson("[{\"type\":\"refusal\",\"refusal\":\"I cannot.\"}]");
        try (OpenConversation open = node.tryOpen(entry).orElseThrow()) {
            for (Message again : List.of(
                    new Message(Role.ASSISTANT, null, Map.of("refusal", why)),
                    new Message(Role.ASSISTANT, new Content.Parts(part), Map.of()))) {
                assertThat(open.buildPrompt(List.of(Message.user("Do it."), again, Message.user("Why?")), bounds(1000)))
                        .containsExactly(Message.user("Do it."), Message.assistant("I cannot."), Message.user("Why?"));
            }
        }
    }

    @Test
    void deletesWhatIsTooOldOrTooMuch() {
        Conversations node = node(false);
        Retention purge = new Retention(database(), new Deletion(database()));
        for (String id : List.of("a", "b", "c", "busy")) {
            say(node, entry("ann", id), "One?", "Yes.");
        }
        say(node, entry("bob", "a"), "One?", "Yes.");
        assertThat(purge.deleteExpired(Duration.ofHours(1))).isZero();
        assertThat(purge.deleteOverLimit(4)).isZero();
        say(node, entry("ann", "a"), "Two?", "Yes.");

        assertThat(purge.deleteOverLimit(3)).isOne();
        assertThat(node.store().find("ann", "b")).isEmpty();
        assertThat(node.store().find("ann", "a")).isPresent();
        assertThat(node.store().find("bob", "a")).isPresent();

        OpenConversation busy = node.tryOpen(entry("ann", "busy")).orElseThrow();
        assertThat(purge.deleteExpired(Duration.ZERO)).isEqualTo(3);
        assertThat(turns(node, entry("ann", "busy"))).hasSize(1);
        busy.close();
        assertThat(purge.deleteExpired(Duration.ZERO)).isOne();
    }

    @Test
    void losesNoTurnOfManyAtOnce() throws Exception {
        Conversations node = node(true);
        Conversations other = node(true);
        List<Thread> threads = IntStream.range(0, 50)
                .mapToObj(i -> new Thread(() -> {
                    Conversations one = i % 2 == 0 ? node : other;
                    await().pollInterval(Duration.ofMillis(5))
                            .atMost(Duration.ofSeconds(60))
                            .until(() -> {
                                Optional<OpenConversation> opened = one.tryOpen(entry("ann", "many"));
                                opened.ifPresent(conversation -> {
                                    try (conversation) {
                                        List<Message> prompt = conversation.buildPrompt(
                                                List.of(Message.user("q" + i)), bounds(100_000));
                                        conversation.store("chatcmpl-" + i, 5, "m", answer("a" + prompt.size() / 2));
                                    }
                                });
                                return opened.isPresent();
                            });
                }))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        List<StoredTurn> turns = turns(node, entry("ann", "many"));
        assertThat(turns).hasSize(50);
        for (int i = 0; i < 50; i++) {
            assertThat(turns.get(i).answer()).isEqualTo(answer("a" + i));
        }
    }

    @Test
    void failsWhileTheDatabaseHangs() throws Exception {
        if (kind == Kind.H2) {
            return; // it is in this process
        }
        int port = Integer.parseInt(url().replaceFirst(".*:(\\d+)/.*", "$1"));
        HangingProxy proxy = new HangingProxy(port);
        open.add(proxy);
        url = url().replace(":" + port + "/", ":" + proxy.port() + "/");
        Conversations node = node(false);
        proxy.hang();
        long start = System.nanoTime();
        assertThat(refused(() -> node.store().find("ann", "none")).code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        assertThat(System.nanoTime() - start).isLessThan(Duration.ofSeconds(30).toNanos());
    }

    @Test
    void opensADatabaseAnewThatHasClosedItself() throws Exception {
        if (kind == Kind.POSTGRESQL) {
            return; // a server: see above
        }
        Conversations node = node(false);
        say(node, entry("ann", "closed"), "One?", "Yes.");
        // A thread that is interrupted closes the file that it writes, and H2 itself with it.
        Thread interrupted = new Thread(() -> {
            Thread.currentThread().interrupt();
            refused(() -> say(node, entry("ann", "fails"), "x".repeat(1_000_000), "No."));
        });
        interrupted.start();
        interrupted.join();
        await().pollInterval(Duration.ofMillis(10))
                .atMost(Duration.ofSeconds(10))
                .ignoreExceptions()
                .until(() -> node.store().find("ann", "closed").isPresent());
    }

    @Test
    void givesAFloorBackThatAKilledProcessHad() throws Exception {
        Conversations killed = node(false);
        OpenConversation held = killed.tryOpen(entry("ann", "killed")).orElseThrow();
        open.remove(0).close();
        Optional<OpenConversation> next = node(false).tryOpen(entry("ann", "killed"));
        // Only a file of H2 is known to be nobody else's.
        assertThat(next.isPresent()).isEqualTo(kind == Kind.H2);
        next.ifPresent(OpenConversation::close);
        held.close();
    }

    @Test
    void sharesASchemaWithTablesOfOthers() throws Exception {
        try (Connection connection = DriverManager.getConnection(url());
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE others (id INTEGER)");
        }
        say(node(false), entry("ann", "shares"), "One?", "Yes.");
    }

    @Test
    void failsWhileTheDatabaseIsDownAndWorksAgainAfterThat() {
        Conversations node = node(false);
        if (kind == Kind.H2) {
            return; // it is down only where its file cannot be opened: see below
        }
        say(node, entry("ann", "down"), "One?", "Yes.");
        Postgres.allowConnections(url(), false);
        try {
            for (int i = 0; i < 3; i++) {
                long start = System.nanoTime();
                GatewayException failure = refused(() -> node.tryOpen(entry("ann", "down")));
                assertThat(failure.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
                assertThat(failure.retryAfter()).isNotNull();
                assertThat(System.nanoTime() - start)
                        .isLessThan(Duration.ofSeconds(8).toNanos());
            }
        } finally {
            Postgres.allowConnections(url(), true);
        }
        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .until(() -> node.store().find("ann", "down").isPresent());
    }

    @Test
    void isDownWhereItCannotBeOpened() {
        Database nowhere = new Database(
                new DatabaseSource.Url(
                        kind == Kind.H2
                                ? "jdbc:h2:file:/proc/none/conversations"
                                : "jdbc:postgresql://127.0.0.1:1/none?user=nobody",
                        null,
                        null,
                        10),
                name -> null,
                "");
        open.add(nowhere);
        Conversations node = new Conversations(nowhere, settings(), String::length);
        assertThat(refused(() -> node.tryOpen(entry("ann", "none"))).code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        assertThat(refused(() -> node.store().find("ann", "none")).code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
    }
}
