package org.o1api.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.o1api.conversation.ConversationRef.IdempotencyKey;
import org.o1api.database.Database;
import org.o1api.model.Content;
import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.TurnId;

/** Base class of the tests of stored responses. */
abstract class ResponseFixture extends StoreFixture {
    static final String CALLER = "ann";
    static final RawJson ECHO = new RawJson("{\"temperature\":0.10}");

    Database database;
    Conversations node;

    ResponseFixture(DatabaseType databaseType) {
        super(databaseType);
    }

    @BeforeEach
    void open() {
        database = database();
        node = node(database, 1L << 30);
    }

    static HistoryLimits limits() {
        return new HistoryLimits(10_000, Integer.MAX_VALUE, false);
    }

    static IdempotencyKey key(String value, String digest) {
        return new IdempotencyKey(value, digest);
    }

    /** Stores a response that begins an unnamed conversation, and returns its ID. */
    String begin(String question) {
        return store(node, ConversationRef.unnamed(CALLER, null), question);
    }

    /** Stores a response that continues another one, and returns its ID. */
    String next(String previous, String question) {
        return store(node, node.responses().continuing(CALLER, previous, null), question);
    }

    static String store(Conversations node, ConversationRef ref, String question) {
        try (OpenConversation open = node.tryOpen(ref).orElseThrow()) {
            open.buildPrompt(List.of(Message.user(question)), limits());
            return store(open, ref, question);
        }
    }

    static String store(OpenConversation open, ConversationRef ref, String question) {
        String id = ref.newTurnId();
        open.store(id, 5, "m", answer("a" + question), ECHO);
        return TurnId.response(id);
    }

    /** The texts of the prompt of a response that would continue another one. */
    List<String> promptAfter(String previous) {
        return promptOf(node.responses().continuing(CALLER, previous, null));
    }

    List<String> promptOf(ConversationRef ref) {
        try (OpenConversation open = node.tryOpen(ref).orElseThrow()) {
            return texts(open.buildPrompt(List.of(Message.user("?")), limits()));
        }
    }

    static List<String> texts(List<Message> messages) {
        return messages.stream()
                .map(message -> message.content() instanceof Content.Text text ? text.text() : "")
                .toList();
    }

    /** The texts of the questions of a named conversation. */
    List<String> questions(String conversation) {
        List<String> questions = new ArrayList<>();
        node.store().readUntil(node.store().find(CALLER, conversation).orElseThrow(), null, true, turn -> {
            questions.addAll(texts(turn.turn().messages()));
            return false;
        });
        return questions;
    }

    /** The error of a response that would continue another one. */
    GatewayException rejection(String caller, String previous) {
        return rejection(caller, previous, null);
    }

    GatewayException rejection(String caller, String previous, @Nullable IdempotencyKey key) {
        GatewayException error = expectError(() -> {
            try (OpenConversation open = node.tryOpen(node.responses().continuing(caller, previous, key))
                    .orElseThrow()) {
                open.buildPrompt(List.of(Message.user("?")), limits());
            }
        });
        assertThat(error.code()).isEqualTo(ErrorCode.RESPONSE_NOT_FOUND);
        assertThat(error)
                .isInstanceOfSatisfying(
                        ConversationException.class,
                        rejected -> assertThat(rejected.reason())
                                .isEqualTo(ConversationException.Reason.PREVIOUS_RESPONSE_NOT_FOUND));
        return error;
    }

    @Nullable
    StoredResponse find(String response) {
        return node.responses().find(CALLER, response).orElse(null);
    }
}
