package org.o1api.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.conversation.ConversationRef;
import org.o1api.database.Database;
import org.o1api.model.Cancellation;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.GatewayException;
import org.o1api.model.Message;
import org.o1api.model.Mode;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnId;
import org.o1api.model.TurnInfo;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.ScriptedUpstream;
import org.o1api.reasoning.TestPresets;
import org.o1api.reasoning.TestStrategy;
import org.o1api.reasoning.TurnClient;
import org.o1api.turn.ConversationOptions.Storage;

/** A database that can be reached, but fails: before the turn, or while it is running. */
class StoreFailureTest {
    private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
    private Database database;
    private TurnFixture fixture;

    @BeforeEach
    void open(@TempDir Path folder) {
        database = TurnFixture.database(folder);
        fixture = new TurnFixture(Map.of("main", ScriptedUpstream.answering("unused")), scheduler, database);
        assertThat(fixture.conversations.store().find(TurnFixture.CALLER, "none"))
                .isEmpty();
    }

    @AfterEach
    void close() {
        scheduler.shutdownNow();
        database.close();
    }

    private static final class Client implements TurnClient {
        final List<String> calls = new ArrayList<>();

        @Override
        public void write(TurnEvent event) {
            calls.add(event.getClass().getSimpleName());
        }

        @Override
        public void notStored() {
            calls.add("notStored");
        }

        @Override
        public void flush() {}

        @Override
        public void end() {
            calls.add("end");
        }
    }

    private void breakDatabase(String sql) {
        database.withHandle(handle -> handle.execute(sql));
    }

    /**
     * Runs a turn.
     *
     * @param duringTurn whether the database fails while the turn is running
     */
    private List<String> run(Storage storage, boolean duringTurn, String sql) {
        Preset preset = TestPresets.preset(new TestStrategy(turn -> {
            assertThat(turn.prompt().messages()).containsExactly(Message.system("Be brief."), Message.user("?"));
            if (duringTurn) {
                breakDatabase(sql);
            }
            turn.log().answerText("Yes.");
            return FinishReason.STOP;
        }));
        TurnRequest request = new TurnRequest(
                new TurnInfo(TurnId.random(), TurnFixture.CALLER, preset.name(), "responses", "req_1", null),
                5,
                "m",
                preset,
                preset.strategy(),
                null,
                Mode.STANDARD,
                preset.budget(),
                new Prompt(List.of(Message.user("?")), Map.of(), null, Map.of(), null),
                ConversationRef.unnamed(TurnFixture.CALLER, null),
                new ConversationOptions(List.of(Message.system("Be brief.")), true, storage, null),
                null,
                new Cancellation());
        if (!duringTurn) {
            breakDatabase(sql);
        }
        Client client = new Client();
        fixture.run(request, client);
        return client.calls;
    }

    @ParameterizedTest
    @CsvSource({
        // the lease, the quota or the history; the commit
        "false, ALTER TABLE lease RENAME TO broken",
        "false, ALTER TABLE conversation RENAME TO broken",
        "true, ALTER TABLE turn RENAME TO broken",
        "true, ALTER TABLE conversation RENAME TO broken",
        "true, DELETE FROM lease"
    })
    void failsOnlyATurnThatMustBeStored(boolean duringTurn, String sql) {
        assertThat(run(Storage.IF_POSSIBLE, duringTurn, sql))
                .containsExactly("AnswerText", "Completed", "notStored", "end");
        assertThat(fixture.admission.running()).isEmpty();
        if (!sql.startsWith("ALTER TABLE lease") && !sql.startsWith("DELETE")) {
            assertThat(database.<Integer>withHandle(handle -> handle.select("SELECT COUNT(*) FROM lease")
                            .mapTo(Integer.class)
                            .one()))
                    .isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "false, ALTER TABLE lease RENAME TO broken, STORE_UNAVAILABLE",
        "false, ALTER TABLE conversation RENAME TO broken, STORE_UNAVAILABLE",
        "true, ALTER TABLE turn RENAME TO broken, STORE_UNAVAILABLE",
        "true, DELETE FROM lease, CONVERSATION_CHANGED"
    })
    void failsATurnThatMustBeStored(boolean duringTurn, String sql, ErrorCode expected) {
        GatewayException error =
                catchThrowableOfType(GatewayException.class, () -> run(Storage.REQUIRED, duringTurn, sql));
        assertThat(error.code()).isEqualTo(expected);
        assertThat(fixture.admission.running()).isEmpty();
    }
}
