package org.o1api.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.conversation.ConversationStore.PositionedTurn;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.TurnId;

/** The echoes of turns: read to show a turn, but not for the history of a conversation. On H2 and PostgreSQL. */
@ParameterizedClass
@EnumSource
class TurnEchoIT extends ResponseFixture {
    private static final String LONG = "{\"tools\":\"" + "x".repeat(200_000) + "\"}";

    TurnEchoIT(DatabaseType databaseType) {
        super(databaseType);
    }

    private String storeWith(ConversationRef ref, String echo) {
        try (OpenConversation open = node.tryOpen(ref).orElseThrow()) {
            open.buildPrompt(List.of(Message.user("q")), limits());
            String id = ref.newTurnId();
            open.store(id, 5, "m", answer("a"), new RawJson(echo));
            return TurnId.response(id);
        }
    }

    private long statementsForEchoes() {
        return instrumented.executedStatements("").stream()
                .filter(statement -> statement.sql().contains("turn_echo"))
                .count();
    }

    @Test
    void areShownWithTheirTurns() {
        String named = storeWith(ref(CALLER, "named"), LONG);
        String unnamed = storeWith(ConversationRef.unnamed(CALLER, null), "{\"a\":0.10,\"a\":1}");
        assertThat(echoOf(named)).isEqualTo(LONG);
        assertThat(echoOf(unnamed)).isEqualTo("{\"a\":0.10,\"a\":1}");

        Conversation conversation = node.store().find(CALLER, "named").orElseThrow();
        List<PositionedTurn> listed = new ArrayList<>();
        node.store().readUntil(conversation, null, true, turn -> !listed.add(turn));
        node.store().turn(conversation, TurnId.ofResponse(named).orElseThrow()).ifPresent(listed::add);
        assertThat(listed)
                .hasSize(2)
                .allSatisfy(turn -> assertThat(turn.turn().echo()).isEqualTo(new RawJson(LONG)));
        assertThat(listed.get(0).recordLength()).isLessThan(1000);
    }

    private String echoOf(String response) {
        return String.valueOf(Objects.requireNonNull(find(response)).turn().echo());
    }

    /** Forked or not, named or not, and also if only the end of the history is read. */
    @Test
    void areNotReadForTheHistory() {
        ConversationRef named = ref(CALLER, "named");
        storeWith(named, LONG);
        String last = storeWith(named, LONG);
        String fork = storeWith(node.responses().continuing(CALLER, last, null), LONG);
        storeWith(named, LONG);
        String unnamed = storeWith(ConversationRef.unnamed(CALLER, null), LONG);
        ConversationRef next = node.responses().continuing(CALLER, unnamed, null);
        long before = statementsForEchoes();
        for (ConversationRef ref : List.of(named, node.responses().continuing(CALLER, fork, null), next)) {
            History history = node.store().history(ref, new History.Window(limits(), List.of(Message.user("?"))));
            assertThat(history.recent())
                    .isNotEmpty()
                    .allSatisfy(turn -> assertThat(turn.turn().echo()).isNull());
            assertThat(promptOf(ref)).endsWith("a", "?");
        }
        Conversation conversation = node.store().find(CALLER, "named").orElseThrow();
        assertThat(node.store().historyTail(conversation).recent())
                .singleElement()
                .satisfies(turn -> assertThat(turn.turn().echo()).isNull());
        assertThat(statementsForEchoes()).isEqualTo(before);
    }

    @Test
    void countInTheQuotaUntilTheyAreDeleted() {
        String first = storeWith(ref(CALLER, "named"), LONG);
        storeWith(ref(CALLER, "named"), LONG);
        assertThat(queryNumber("SELECT bytes FROM conversation")).isBetween(400_000L, 410_000L);
        assertThat(node.responses().delete(CALLER, first)).isTrue();
        assertThat(queryNumber("SELECT bytes FROM conversation")).isBetween(200_000L, 205_000L);
        assertThat(queryNumber("SELECT COUNT(*) FROM turn_echo")).isOne();
        assertThat(node.store().delete(CALLER, "named")).isTrue();
        new ConversationDeleter(database).deleteMarked(Duration.ofSeconds(10), () -> false);
        assertThat(queryNumber("SELECT COUNT(*) FROM turn_echo")).isZero();
    }
}
