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
import org.o1api.json.MessageJson;
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

/** The conversation store, on H2 and PostgreSQL. */
@ParameterizedClass
@EnumSource
class ConversationStoreIT {
    enum DatabaseType {
        H2,
        POSTGRESQL
    }

    private final DatabaseType databaseType;

    @TempDir
    Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private @Nullable String url;

    ConversationStoreIT(DatabaseType databaseType) {
        this.databaseType = databaseType;
    }

    @AfterEach
    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private String url() {
        if (url == null) {
            url = databaseType == DatabaseType.H2
                    ? "jdbc:h2:file:" + folder.resolve("conversations")
                    : Postgres.emptyDatabase();
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
                10_000,
                1L << 30);
    }

    private Database database() {
        Database database = new Database(settings().source(), name -> null, "");
        open.add(database);
        return database;
    }

    /** A node with an open database. */
    private Conversations node(boolean maintenance) {
        Conversations node = new Conversations(database(), settings(), text -> text.length());
        assertThat(node.store().find("unknown", "unknown")).isEmpty();
        if (maintenance) {
            ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(3);
            open.add(scheduler::shutdownNow);
            node.startMaintenance(scheduler);
        }
        return node;
    }

    private static ConversationRef ref(String caller, String id) {
        return new ConversationRef(caller, id, null);
    }

    private static ConversationRef ref(String key, String digest, String id) {
        return new ConversationRef("ann", id, new ConversationRef.IdempotencyKey(key, digest));
    }

    private static HistoryLimits limits(long tokens) {
        return new HistoryLimits(tokens, Integer.MAX_VALUE, false);
    }

    private static StoredTurn.Answer answer(String content) {
        return Answers.of(
                content,
                null,
                null,
                null,
                List.of(new StoredTurn.Step("T", "thought")),
                FinishReason.STOP,
                new TurnUsage(new Usage(4, 3, 2, 1), new Usage(9, 3, 2, 5, 4), 2, 3));
    }

    private static List<Message> runTurn(Conversations node, ConversationRef ref, String question, String answer) {
        try (OpenConversation conversation = node.tryOpen(ref).orElseThrow()) {
            List<Message> prompt = conversation.buildPrompt(List.of(Message.user(question)), limits(100_000_000));
            conversation.store("chatcmpl-" + question.hashCode(), 5, "m", answer(answer));
            return prompt;
        }
    }

    private static GatewayException expectError(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(GatewayException.class, call);
    }

    private static List<StoredTurn> turns(Conversations node, ConversationRef ref) {
        Optional<Conversation> conversation = node.store().find(ref.caller(), ref.id());
        List<StoredTurn> turns = new ArrayList<>();
        conversation.ifPresent(found -> node.store().readUntil(found, null, true, positioned -> {
            turns.add(positioned.turn());
            return false;
        }));
        return turns;
    }

    @Test
    void storesEverythingOfATurn() {
        Conversations node = node(false);
        ConversationRef ref = ref("ann", "all");
        List<Message> messages = List.of(
                Message.system("Be brief."),
                MessageJson.message(
                        Role.USER,
                        new Content.Parts(new RawJson("[{\"type\":\"text\",\"text\":\"\u2028👩‍👩‍👧\"}]")),
                        Map.of("name", new RawJson("\"Ann\""))));
        StoredTurn.Answer answer = Answers.of(
                null,
                "I cannot.",
                "sent \\ \" \n",
                new RawJson("[{\"id\":\"c\"}]"),
                List.of(new StoredTurn.Step("", "one"), new StoredTurn.Step("T", "two")),
                FinishReason.TOOL_CALLS,
                new TurnUsage(new Usage(4, 3, 2, 1), new Usage(9, 3, 2, 5, 4), 2, 3));
        try (OpenConversation conversation = node.tryOpen(ref).orElseThrow()) {
            assertThat(conversation.buildPrompt(messages, limits(1000))).isEqualTo(messages);
            conversation.store("chatcmpl-1", 5, "m", answer);
        }
        assertThat(turns(node, ref)).containsExactly(new StoredTurn("chatcmpl-1", 5, "m", messages, answer));
    }

    @Test
    void findsNothingForInvalidIds() {
        ConversationStore store = node(false).store();
        for (String name : List.of("", "a b", "a\0b", ".", "x".repeat(129))) {
            assertThat(store.find("ann", name)).isEmpty();
            assertThat(expectError(() -> store.list("ann", name, true, 1)).code())
                    .isEqualTo(ErrorCode.INVALID_REQUEST);
        }
    }

    @Test
    void storesTextOfAnyLength() {
        Conversations node = node(false);
        String longText = "é".repeat(3_000_000);
        runTurn(node, ref("ann", "long"), longText, longText);
        assertThat(runTurn(node, ref("ann", "long"), "More?", "No."))
                .containsExactly(Message.user(longText), Message.assistant(longText), Message.user("More?"));
    }

    @Test
    void keepsConversationsWhenTheDatabaseIsReopened() throws Exception {
        Conversations node = node(false);
        runTurn(node, ref("ann", "stays"), "One?", "Yes.");
        open.remove(0).close();
        assertThat(runTurn(node(false), ref("ann", "stays"), "Two?", "Yes."))
                .containsExactly(Message.user("One?"), Message.assistant("Yes."), Message.user("Two?"));
    }

    @Test
    void grantsALeaseToOneTurnAtATime() {
        Conversations node = node(false);
        Conversations other = node(false);
        ConversationRef ref = ref("ann", "lease");
        OpenConversation first = node.tryOpen(ref).orElseThrow();
        assertThat(node.tryOpen(ref)).isEmpty();
        assertThat(other.tryOpen(ref)).isEmpty();
        other.tryOpen(ref("bob", "lease")).orElseThrow().close();
        first.close();
        other.tryOpen(ref).orElseThrow().close();
        assertThat(turns(node, ref)).isEmpty();
        assertThat(node.store().find("ann", "lease")).isEmpty();
    }

    @Test
    void takesOverTheLeaseOfADeadNode() {
        Conversations dead = node(false);
        Conversations other = node(false);
        ConversationRef ref = ref("ann", "dead");
        OpenConversation first = dead.tryOpen(ref).orElseThrow();
        first.buildPrompt(List.of(Message.user("Lost?")), limits(1000));
        await().atMost(Duration.ofSeconds(10)).until(() -> {
            Optional<OpenConversation> takenOver = other.tryOpen(ref);
            takenOver.ifPresent(conversation -> {
                conversation.buildPrompt(List.of(Message.user("Kept?")), limits(1000));
                conversation.store("chatcmpl-2", 5, "m", answer("Yes."));
                conversation.close();
            });
            return takenOver.isPresent();
        });
        assertThat(expectError(() -> first.store("chatcmpl-1", 5, "m", answer("No.")))
                        .code())
                .isEqualTo(ErrorCode.CONVERSATION_CHANGED);
        first.close();
        assertThat(turns(other, ref))
                .singleElement()
                .satisfies(turn -> assertThat(turn.messages()).containsExactly(Message.user("Kept?")));
    }

    @Test
    void renewsTheLeaseWhileItsNodeIsAlive() {
        Conversations node = node(true);
        Conversations other = node(true);
        ConversationRef ref = ref("ann", "lives");
        try (OpenConversation first = node.tryOpen(ref).orElseThrow()) {
            long end = System.nanoTime() + Duration.ofSeconds(5).toNanos(); // more than twice the lease
            await().pollInterval(Duration.ofMillis(100))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> {
                        assertThat(other.tryOpen(ref)).isEmpty();
                        return System.nanoTime() > end;
                    });
            first.buildPrompt(List.of(Message.user("?")), limits(1000));
            first.store("chatcmpl-1", 5, "m", answer("Yes."));
        }
        assertThat(turns(node, ref)).hasSize(1);
    }

    @Test
    void letsALeaseExpireThatCouldNotBeReleased() {
        if (databaseType == DatabaseType.H2) {
            return; // its database cannot be interrupted
        }
        Conversations node = node(true);
        node.store().find("ann", "zombie");
        OpenConversation open = node.tryOpen(ref("ann", "zombie")).orElseThrow();
        Postgres.allowConnections(url(), false);
        try {
            open.close();
        } finally {
            Postgres.allowConnections(url(), true);
        }
        await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> {
            Optional<OpenConversation> next = node.tryOpen(ref("ann", "zombie"));
            next.ifPresent(OpenConversation::close);
            return next.isPresent();
        });
    }

    @Test
    void doesNotStoreAFirstTurnAfterADelete() {
        Conversations node = node(false);
        OpenConversation open = node.tryOpen(ref("ann", "first")).orElseThrow();
        open.buildPrompt(List.of(Message.user("One?")), limits(1000));
        assertThat(node.store().delete("ann", "first")).isTrue();
        assertThat(expectError(() -> open.store("chatcmpl-1", 5, "m", answer("No.")))
                        .code())
                .isEqualTo(ErrorCode.CONVERSATION_CHANGED);
        open.close();
        assertThat(node.store().find("ann", "first")).isEmpty();
    }

    @Test
    void doesNotStoreInADeletedConversation() {
        Conversations node = node(false);
        ConversationRef ref = ref("ann", "deleted");
        runTurn(node, ref, "One?", "Yes.");
        try (OpenConversation open = node.tryOpen(ref).orElseThrow()) {
            open.buildPrompt(List.of(Message.user("Two?")), limits(1000));
            assertThat(node.store().delete("ann", "deleted")).isTrue();
            assertThat(expectError(() -> open.store("chatcmpl-1", 5, "m", answer("No.")))
                            .code())
                    .isEqualTo(ErrorCode.CONVERSATION_CHANGED);
        }
        assertThat(node.store().find("ann", "deleted")).isEmpty();
        assertThat(node.store().delete("ann", "deleted")).isFalse();
        assertThat(runTurn(node, ref, "Three?", "Yes.")).containsExactly(Message.user("Three?"));
    }

    @Test
    void storesInOneTransaction() {
        Conversations node = node(false);
        runTurn(node, ref("k", "f", "nothing"), "One?", "Yes.");
        try (OpenConversation open = node.tryOpen(ref("k", "f", "nothing")).orElseThrow()) {
            open.buildPrompt(List.of(Message.user("Two?")), limits(1000));
            // The key is in use: the last statement of the transaction fails, and the others are rolled back.
            assertThat(expectError(() -> open.store("chatcmpl-1", 5, "m", answer("No.")))
                            .code())
                    .isEqualTo(ErrorCode.STORE_UNAVAILABLE);
            assertThat(node.tryOpen(ref("ann", "nothing")))
                    .as("the lease is still held")
                    .isEmpty();
        }
        assertThat(turns(node, ref("ann", "nothing"))).hasSize(1);
        node.tryOpen(ref("ann", "nothing")).orElseThrow().close();
    }

    @Test
    void recognizesARequestByItsIdempotencyKey() {
        Conversations node = node(false);
        Conversations other = node(false);
        ConversationRef ref = ref("k", "f", "keyed");
        assertThat(node.findAnsweredTurn(ref)).isEmpty();
        try (OpenConversation open = node.tryOpen(ref).orElseThrow()) {
            assertThat(expectError(() -> other.findAnsweredTurn(ref)).code())
                    .isEqualTo(ErrorCode.IDEMPOTENCY_KEY_IN_USE);
            assertThat(expectError(() -> other.tryOpen(ref)).code()).isEqualTo(ErrorCode.IDEMPOTENCY_KEY_IN_USE);
            assertThat(expectError(() -> other.findAnsweredTurn(ref("k", "g", "keyed")))
                            .code())
                    .isEqualTo(ErrorCode.IDEMPOTENCY_KEY_REUSED);
            assertThat(other.tryOpen(ref("l", "f", "keyed"))).isEmpty();
            open.buildPrompt(List.of(Message.user("One?")), limits(1000));
            open.store("chatcmpl-1", 5, "m", answer("Yes."));
        }
        assertThat(other.findAnsweredTurn(ref))
                .hasValueSatisfying(turn -> assertThat(turn.answer()).isEqualTo(answer("Yes.")));
        assertThat(expectError(() -> other.findAnsweredTurn(ref("k", "g", "keyed")))
                        .code())
                .isEqualTo(ErrorCode.IDEMPOTENCY_KEY_REUSED);
        assertThat(other.findAnsweredTurn(ref("l", "f", "keyed"))).isEmpty();
        assertThat(other.findAnsweredTurn(
                        new ConversationRef("bob", "keyed", new ConversationRef.IdempotencyKey("k", "f"))))
                .isEmpty();
    }

    @Test
    void buildsThePromptFromTheNewestTurnsAndAllInstructions() {
        Conversations node = node(false);
        ConversationRef ref = ref("ann", "much");
        try (OpenConversation open = node.tryOpen(ref).orElseThrow()) {
            open.buildPrompt(List.of(Message.system("Be brief."), Message.user("0")), limits(1000));
            open.store("chatcmpl-0", 5, "m", answer("yes 0"));
        }
        for (int i = 1; i < 100; i++) {
            runTurn(node, ref, String.valueOf(i), "yes " + i);
        }
        try (OpenConversation open = node.tryOpen(ref).orElseThrow()) {
            // 4 tokens per message and one per letter: 5 and 13 for the instructions, then 16 per turn.
            List<Message> prompt = open.buildPrompt(List.of(Message.user("?")), limits(66));
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
            List<Message> all = new ArrayList<>(open.buildPrompt(List.of(Message.user("?")), limits(1_000_000)));
            assertThat(all).hasSize(202);
            assertThat(open.buildPrompt(all, limits(66))).isEqualTo(prompt);
        }
    }

    @Test
    void readsNoMoreThanTheMaximumRequestSize() {
        Conversations node = node(false);
        ConversationRef ref = ref("ann", "heavy");
        String heavy = "x".repeat(200_000);
        for (int i = 0; i < 5; i++) {
            runTurn(node, ref, i + heavy, "yes " + i);
        }
        try (OpenConversation open = node.tryOpen(ref).orElseThrow()) {
            HistoryLimits limits = new HistoryLimits(100_000_000, 500_000, false);
            assertThat(open.buildPrompt(List.of(Message.user("?")), limits))
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
    void rejectsAnEditedResendOfALongConversation() {
        Conversations node = node(false);
        ConversationRef ref = ref("ann", "retold");
        for (int i = 0; i < 40; i++) {
            runTurn(node, ref, "question " + i, "yes " + i);
        }
        List<Message> otherwise =
                List.of(Message.user("question 0"), Message.assistant("no"), Message.user("question 1"));
        try (OpenConversation open = node.tryOpen(ref).orElseThrow()) {
            assertThat(expectError(() -> open.buildPrompt(otherwise, limits(10)))
                            .code())
                    .isEqualTo(ErrorCode.CONVERSATION_DIFFERS);
            assertThat(open.buildPrompt(otherwise.subList(0, 1), limits(10))).isEqualTo(otherwise.subList(0, 1));
        }
    }

    private static StoredTurn.Answer calling(String id) {
        RawJson calls = new RawJson(
                "[{\"id\":\"" + id + "\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]");
        return Answers.of(null, null, null, calls, List.of(), FinishReason.TOOL_CALLS, TurnUsage.NONE);
    }

    private static Message result(String id, String text) {
        return MessageJson.message(
                Role.TOOL, new Content.Text(text), Map.of("tool_call_id", new RawJson("\"" + id + "\"")));
    }

    private static List<Message> turn(
            Conversations node, ConversationRef ref, Message message, HistoryLimits limits, StoredTurn.Answer answer) {
        try (OpenConversation conversation = node.tryOpen(ref).orElseThrow()) {
            List<Message> prompt = conversation.buildPrompt(List.of(message), limits);
            conversation.store("chatcmpl-" + prompt.hashCode(), 5, "m", answer);
            return prompt;
        }
    }

    @Test
    void keepsToolResultsWithTheirCalls() {
        Conversations node = node(false);
        ConversationRef ref = ref("ann", "tools");
        HistoryLimits limits = new HistoryLimits(1_000_000, 50_000, false);
        turn(node, ref, Message.user("Go"), limits, calling("c0"));
        for (int i = 0; i < 4; i++) {
            List<Message> prompt = turn(node, ref, result("c" + i, "x".repeat(20_000)), limits, calling("c" + (i + 1)));
            assertThat(prompt).hasSize(3 + 2 * i).startsWith(Message.user("Go"));
        }
        turn(node, ref, result("c4", "x".repeat(20_000)), limits, calling("c5"));
        GatewayException error = expectError(() -> turn(node, ref, result("c5", "x"), limits, answer("Done.")));
        assertThat(error.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(error).hasMessageContaining("tool calls").hasMessageContaining("limits.body");
        // If they are not needed they are left out, like other old turns.
        assertThat(turn(node, ref, Message.user("Well?"), limits, answer("Done.")))
                .containsExactly(Message.user("Well?"));
        assertThat(turn(node, ref, Message.user("More?"), limits, answer("Done.")))
                .containsExactly(Message.user("Well?"), Message.assistant("Done."), Message.user("More?"));
    }

    @Test
    void recognizesResentMessagesDespiteLongReasoning() {
        Conversations node = node(false);
        ConversationRef ref = ref("ann", "reasoning");
        HistoryLimits limits = new HistoryLimits(1_000, 10_000, false);
        StoredTurn.Answer longReasoning = Answers.of(
                "Yes.",
                null,
                "x".repeat(5_000) + "Yes.",
                null,
                List.of(new StoredTurn.Step("", "x".repeat(5_000))),
                FinishReason.STOP,
                TurnUsage.NONE);
        List<Message> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            turn(node, ref, Message.user("question " + i), limits, longReasoning);
            all.addAll(List.of(Message.user("question " + i), Message.assistant("Yes.")));
        }
        all.add(Message.user("More?"));
        try (OpenConversation open = node.tryOpen(ref).orElseThrow()) {
            List<Message> prompt = open.buildPrompt(List.of(Message.user("More?")), limits);
            assertThat(open.buildPrompt(all, limits)).isEqualTo(prompt);
            assertThat(open.buildPrompt(all.subList(3, all.size()), limits)).isEqualTo(prompt);
            assertThat(open.buildPrompt(all, new HistoryLimits(1_000, 10_000, true)))
                    .endsWith(Message.user("More?"));
        }
    }

    @Test
    void includesTheLastTurnIfTheRequestNeedsIt() {
        Conversations node = node(false);
        Message question = Message.user("x".repeat(1000));
        Conversation conversation = node.store()
                .create("ann", new RawJson("{}"), new StoredTurn("chatcmpl-0", 5, "", List.of(question), null));
        try (OpenConversation open = node.tryOpen(ref("ann", conversation.id())).orElseThrow()) {
            assertThat(open.buildPrompt(List.of(question), limits(10))).containsExactly(question);
            assertThat(open.buildPrompt(List.of(Message.system("Be brief.")), limits(10)))
                    .containsExactly(question, Message.system("Be brief."));
        }
    }

    @Test
    void recognizesAnImageWithAndWithoutItsDefaults() {
        Conversations node = node(false);
        ConversationRef ref = ref("ann", "image");
        String image = "[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:x\"%s}}]";
        Message plain = MessageJson.message(Role.USER, new Content.Parts(new RawJson(image.formatted(""))), Map.of());
        Message full = MessageJson.message(
                Role.USER, new Content.Parts(new RawJson(image.formatted(",\"detail\":\"auto\""))), Map.of());
        turn(node, ref, full, limits(10_000), answer("A cat."));
        try (OpenConversation open = node.tryOpen(ref).orElseThrow()) {
            assertThat(open.buildPrompt(
                            List.of(plain, Message.assistant("A cat."), Message.user("Sure?")), limits(10_000)))
                    .containsExactly(full, Message.assistant("A cat."), Message.user("Sure?"));
        }
    }

    @Test
    void countsTheTokensOfSentReasoning() {
        Conversations node = node(false);
        ConversationRef ref = ref("ann", "reasons");
        for (int i = 0; i < 20; i++) {
            runTurn(node, ref, "question " + (10 + i), "yes");
        }
        try (OpenConversation open = node.tryOpen(ref).orElseThrow()) {
            // 4 tokens per message: 5 for the question, 16 + 7 per turn. With reasoning also 4, "**T**", 2 line breaks
            // and "thought".
            assertThat(open.buildPrompt(List.of(Message.user("?")), new HistoryLimits(5 + 3 * 23, 10_000, false)))
                    .hasSize(7);
            assertThat(open.buildPrompt(List.of(Message.user("?")), new HistoryLimits(5 + 2 * 41, 10_000, true)))
                    .hasSize(5);
        }
    }

    @Test
    void rejectsInstructionsAboveTheMaximumRequestSize() {
        Conversations node = node(false);
        ConversationRef ref = ref("ann", "orders");
        HistoryLimits limits = new HistoryLimits(1_000_000, 10_000, false);
        for (int i = 0; i < 2; i++) {
            turn(node, ref, Message.system(i + "x".repeat(4_000)), limits, answer("Yes."));
        }
        turn(node, ref, Message.system("2" + "x".repeat(4_000)), limits, answer("Yes."));
        GatewayException error = expectError(() -> turn(node, ref, Message.user("?"), limits, answer("Yes.")));
        assertThat(error.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(error).hasMessageContaining("system messages");
    }

    @Test
    void rejectsATruncatedResend() {
        Conversations node = node(false);
        ConversationRef ref = ref("ann", "twice");
        for (int i = 0; i < 3; i++) {
            runTurn(node, ref, "q" + i, "a" + i);
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
        try (OpenConversation open = node.tryOpen(ref).orElseThrow()) {
            for (List<Message> messages : List.of(edited, again, beyondTheEnd)) {
                assertThat(expectError(() -> open.buildPrompt(messages, limits(1000)))
                                .code())
                        .isEqualTo(ErrorCode.CONVERSATION_DIFFERS);
            }
            // A new instruction is new content.
            assertThat(open.buildPrompt(
                            List.of(Message.user("q2"), Message.assistant("a2"), Message.system("In French.")),
                            limits(1000)))
                    .hasSize(7)
                    .endsWith(Message.system("In French."));
            assertThat(expectError(() -> open.buildPrompt(
                                    List.of(Message.user("q2"), Message.assistant("a2")), limits(1000)))
                            .code())
                    .isEqualTo(ErrorCode.INVALID_REQUEST);
        }
    }

    @Test
    void recognizesAResentRefusal() {
        Conversations node = node(false);
        ConversationRef ref = ref("ann", "refused");
        StoredTurn.Answer no = Answers.of(null, "I cannot.", null, null, List.of(), FinishReason.STOP, TurnUsage.NONE);
        turn(node, ref, Message.user("Do it."), limits(1000), no);
        RawJson why = new RawJson("\"I cannot.\"");
        RawJson part = new RawJson("[{\"type\":\"refusal\",\"refusal\":\"I cannot.\"}]");
        try (OpenConversation open = node.tryOpen(ref).orElseThrow()) {
            for (Message again : List.of(
                    MessageJson.message(Role.ASSISTANT, null, Map.of("refusal", why)),
                    MessageJson.message(Role.ASSISTANT, new Content.Parts(part), Map.of()))) {
                assertThat(open.buildPrompt(List.of(Message.user("Do it."), again, Message.user("Why?")), limits(1000)))
                        .containsExactly(Message.user("Do it."), Message.assistant("I cannot."), Message.user("Why?"));
            }
        }
    }

    @Test
    void deletesExpiredAndSurplusConversations() {
        Conversations node = node(false);
        Retention retention = new Retention(database(), new ConversationDeleter(database()));
        for (String id : List.of("a", "b", "c", "busy")) {
            runTurn(node, ref("ann", id), "One?", "Yes.");
        }
        runTurn(node, ref("bob", "a"), "One?", "Yes.");
        assertThat(retention.deleteExpired(Duration.ofHours(1))).isZero();
        assertThat(retention.deleteOverLimit(4)).isZero();
        runTurn(node, ref("ann", "a"), "Two?", "Yes.");

        assertThat(retention.deleteOverLimit(3)).isOne();
        assertThat(node.store().find("ann", "b")).isEmpty();
        assertThat(node.store().find("ann", "a")).isPresent();
        assertThat(node.store().find("bob", "a")).isPresent();

        OpenConversation busy = node.tryOpen(ref("ann", "busy")).orElseThrow();
        assertThat(retention.deleteExpired(Duration.ZERO)).isEqualTo(3);
        assertThat(turns(node, ref("ann", "busy"))).hasSize(1);
        busy.close();
        assertThat(retention.deleteExpired(Duration.ZERO)).isOne();
    }

    @Test
    void losesNoTurnUnderConcurrency() throws Exception {
        Conversations node = node(true);
        Conversations other = node(true);
        List<Thread> threads = IntStream.range(0, 50)
                .mapToObj(i -> new Thread(() -> {
                    Conversations one = i % 2 == 0 ? node : other;
                    await().pollInterval(Duration.ofMillis(5))
                            .atMost(Duration.ofSeconds(60))
                            .until(() -> {
                                Optional<OpenConversation> opened = one.tryOpen(ref("ann", "many"));
                                opened.ifPresent(conversation -> {
                                    try (conversation) {
                                        List<Message> prompt = conversation.buildPrompt(
                                                List.of(Message.user("q" + i)), limits(100_000));
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
        List<StoredTurn> turns = turns(node, ref("ann", "many"));
        assertThat(turns).hasSize(50);
        for (int i = 0; i < 50; i++) {
            assertThat(turns.get(i).answer()).isEqualTo(answer("a" + i));
        }
    }

    @Test
    void failsWhileTheDatabaseHangs() throws Exception {
        if (databaseType == DatabaseType.H2) {
            return; // H2 runs in this process
        }
        int port = Integer.parseInt(url().replaceFirst(".*:(\\d+)/.*", "$1"));
        HangingProxy proxy = new HangingProxy(port);
        open.add(proxy);
        url = url().replace(":" + port + "/", ":" + proxy.port() + "/");
        Conversations node = node(false);
        proxy.hang();
        long start = System.nanoTime();
        assertThat(expectError(() -> node.store().find("ann", "none")).code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        assertThat(System.nanoTime() - start).isLessThan(Duration.ofSeconds(30).toNanos());
    }

    @Test
    void reopensADatabaseThatHasClosedItself() throws Exception {
        if (databaseType == DatabaseType.POSTGRESQL) {
            return; // PostgreSQL does not close itself
        }
        Conversations node = node(false);
        runTurn(node, ref("ann", "closed"), "One?", "Yes.");
        // An interrupted thread closes the file that it writes, and H2 closes itself.
        Thread interrupted = new Thread(() -> {
            Thread.currentThread().interrupt();
            expectError(() -> runTurn(node, ref("ann", "fails"), "x".repeat(1_000_000), "No."));
        });
        interrupted.start();
        interrupted.join();
        await().pollInterval(Duration.ofMillis(10))
                .atMost(Duration.ofSeconds(10))
                .ignoreExceptions()
                .until(() -> node.store().find("ann", "closed").isPresent());
    }

    @Test
    void deletesTheLeasesOfAKilledProcess() throws Exception {
        Conversations killed = node(false);
        OpenConversation held = killed.tryOpen(ref("ann", "killed")).orElseThrow();
        open.remove(0).close();
        Optional<OpenConversation> next = node(false).tryOpen(ref("ann", "killed"));
        // Only an H2 file is known to be used by one process.
        assertThat(next.isPresent()).isEqualTo(databaseType == DatabaseType.H2);
        next.ifPresent(OpenConversation::close);
        held.close();
    }

    @Test
    void sharesASchemaWithTablesOfOtherApplications() throws Exception {
        try (Connection connection = DriverManager.getConnection(url());
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE others (id INTEGER)");
        }
        runTurn(node(false), ref("ann", "shares"), "One?", "Yes.");
    }

    @Test
    void recoversAfterTheDatabaseWasDown() {
        Conversations node = node(false);
        if (databaseType == DatabaseType.H2) {
            return; // it is down only if its file cannot be opened, which is tested below
        }
        runTurn(node, ref("ann", "down"), "One?", "Yes.");
        Postgres.allowConnections(url(), false);
        try {
            for (int i = 0; i < 3; i++) {
                long start = System.nanoTime();
                GatewayException failure = expectError(() -> node.tryOpen(ref("ann", "down")));
                assertThat(failure.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
                assertThat(failure.retryAfter()).isNotNull();
                assertThat(System.nanoTime() - start)
                        .isLessThan(Duration.ofSeconds(30).toNanos());
            }
        } finally {
            Postgres.allowConnections(url(), true);
        }
        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .until(() -> node.store().find("ann", "down").isPresent());
    }

    @Test
    void isUnavailableIfItCannotBeOpened() {
        Database nowhere = new Database(
                new DatabaseSource.Url(
                        databaseType == DatabaseType.H2
                                ? "jdbc:h2:file:/proc/none/conversations"
                                : "jdbc:postgresql://127.0.0.1:1/none?user=nobody",
                        null,
                        null,
                        10),
                name -> null,
                "");
        open.add(nowhere);
        Conversations node = new Conversations(nowhere, settings(), String::length);
        assertThat(expectError(() -> node.tryOpen(ref("ann", "none"))).code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        assertThat(expectError(() -> node.store().find("ann", "none")).code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
    }
}
