package org.o1api.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.conversation.ConversationRef;
import org.o1api.conversation.StoredTurn;
import org.o1api.database.Database;
import org.o1api.model.Cancellation;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.GatewayException;
import org.o1api.model.Message;
import org.o1api.model.Pricing;
import org.o1api.model.TurnEvent;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.ScriptedUpstream;
import org.o1api.reasoning.TestPresets;
import org.o1api.reasoning.TestStrategy;
import org.o1api.reasoning.TurnClient;
import org.o1api.reasoning.TurnContext;

/** What a turn holds is released after the commit and before the client learns its end, on every path. */
class TurnRunnerTest {
    private static final ConversationRef CONVERSATION =
            new ConversationRef(TurnFixture.CALLER, "c1", new ConversationRef.IdempotencyKey("k1", "d1"));
    private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
    private final Cancellation cancellation = new Cancellation();
    private Function<TurnContext, FinishReason> work = turn -> {
        turn.log().answerText("Because.");
        return FinishReason.STOP;
    };
    private Database database;
    private TurnFixture fixture;

    @BeforeEach
    void open(@TempDir Path folder) {
        database = TurnFixture.database(folder);
        database.withHandle(handle -> handle.execute("SELECT 1"));
        fixture = new TurnFixture(Map.of("main", ScriptedUpstream.answering("unused")), scheduler, database);
    }

    @AfterEach
    void close() {
        assertThat(Thread.interrupted()).isFalse();
        scheduler.shutdownNow();
        database.close();
    }

    private TurnRequest request(ConversationRef conversation) {
        Preset preset = TestPresets.preset(new TestStrategy(turn -> work.apply(turn)));
        Prompt prompt = new Prompt(List.of(Message.user("Why?")), Map.of(), null, Map.of(), null);
        return TurnFixture.request(preset, null, prompt, cancellation, conversation);
    }

    private void run(TurnClient client) {
        fixture.run(request(CONVERSATION), client);
    }

    /** Whether the turn holds nothing: no ticket, and another turn can open the conversation at once. */
    private boolean isReleased() {
        boolean free = fixture.conversations
                .tryOpen(new ConversationRef(TurnFixture.CALLER, "c1", null))
                .map(open -> {
                    open.close();
                    return true;
                })
                .orElse(false);
        return free && fixture.admission.running().isEmpty();
    }

    private @Nullable StoredTurn stored() {
        return fixture.conversations.findAnsweredTurn(CONVERSATION).orElse(null);
    }

    /** A client that can fail, and looks at what the turn holds when it gets the end. */
    private class Client implements TurnClient {
        final List<TurnEvent> events = new ArrayList<>();
        boolean releasedBeforeEnd;
        boolean storedBeforeEnd;
        int ends;

        @Override
        public void write(TurnEvent event) {
            events.add(event);
        }

        @Override
        public void flush() {}

        @Override
        public void end() {
            ends++;
            releasedBeforeEnd = isReleased();
            storedBeforeEnd = stored() != null;
        }
    }

    @Test
    void endsTheResponseAfterTheCommitAndTheRelease() {
        Client client = new Client();

        run(client);

        assertThat(client.ends).isOne();
        assertThat(client.releasedBeforeEnd).isTrue();
        assertThat(client.storedBeforeEnd).isTrue();
        assertThat(fixture.ended).hasSize(1);
        assertThat(fixture.ended.get(0).finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(fixture.ended.get(0).failure()).isNull();
    }

    @Test
    void replaysAfterTheRelease() {
        run(new Client());
        work = turn -> {
            throw new AssertionError("a repeated request must not run again");
        };
        Client second = new Client();

        run(second);

        assertThat(second.releasedBeforeEnd).isTrue();
        assertThat(second.ends).isOne();
        assertThat(second.events).contains(new TurnEvent.AnswerText("Because."));
        assertThat(second.events.get(second.events.size() - 1)).isInstanceOf(TurnEvent.Completed.class);
        assertThat(fixture.ended.get(1).ledger().calls()).isZero();
    }

    enum Failure {
        STRATEGY,
        CANCELLATION,
        CANCELLATION_AFTER_THE_ANSWER,
        DISCONNECT_WHILE_WRITING,
        DISCONNECT_BEFORE_THE_COMMIT,
        ERROR_IN_THE_LAST_EVENT,
        INTERRUPT,
        ERROR,
        OUT_OF_MEMORY
    }

    @ParameterizedTest
    @EnumSource(Failure.class)
    void releasesEverythingAndStoresNothingAfterAFailure(Failure failure) {
        Client client = new Client() {
            @Override
            public void write(TurnEvent event) {
                super.write(event);
                if (failure == Failure.DISCONNECT_WHILE_WRITING) {
                    throw disconnect();
                }
                if (failure == Failure.ERROR_IN_THE_LAST_EVENT && event instanceof TurnEvent.Completed) {
                    throw new StackOverflowError();
                }
            }

            @Override
            public void flush() {
                if (failure == Failure.DISCONNECT_BEFORE_THE_COMMIT) {
                    throw disconnect();
                }
            }
        };
        work = turn -> {
            turn.log().answerText("Because.");
            switch (failure) {
                case STRATEGY -> throw new IllegalStateException("a bug");
                case CANCELLATION -> {
                    cancellation.cancel(ErrorCode.SHUTTING_DOWN, "stop");
                    cancellation.throwIfCancelled();
                }
                case CANCELLATION_AFTER_THE_ANSWER -> cancellation.cancel(ErrorCode.SHUTTING_DOWN, "stop");
                case INTERRUPT -> {
                    Thread.currentThread().interrupt();
                    cancellation.sleep(Duration.ofMinutes(1));
                }
                case ERROR -> throw new StackOverflowError();
                case OUT_OF_MEMORY -> throw new OutOfMemoryError("simulated");
                case DISCONNECT_WHILE_WRITING, DISCONNECT_BEFORE_THE_COMMIT, ERROR_IN_THE_LAST_EVENT -> {}
            }
            return FinishReason.STOP;
        };

        Throwable thrown = catchThrowable(() -> run(client));

        assertThat(Thread.interrupted()).isEqualTo(failure == Failure.INTERRUPT);
        assertThat(thrown).isInstanceOf(GatewayException.class);
        if (failure == Failure.INTERRUPT) {
            assertThat(((GatewayException) thrown).code()).isEqualTo(ErrorCode.SHUTTING_DOWN);
        }
        assertThat(client.ends).isZero();
        assertThat(isReleased()).isTrue();
        assertThat(stored()).isNull();
        assertThat(fixture.ended).hasSize(1);
        assertThat(fixture.ended.get(0).failure()).isEqualTo(((GatewayException) thrown).code());
    }

    private RuntimeException disconnect() {
        cancellation.cancel(ErrorCode.CLIENT_DISCONNECTED, "gone");
        return cancelled();
    }

    private RuntimeException cancelled() {
        return (RuntimeException) catchThrowable(cancellation::throwIfCancelled);
    }

    @Test
    void releasesEverythingIfTheHistoryCannotBeRead() {
        ConversationRef unknown = new ConversationRef(TurnFixture.CALLER, "conv_" + "0".repeat(48), null);

        Throwable thrown = catchThrowable(() -> fixture.run(request(unknown), new Client()));

        assertThat(((GatewayException) thrown).code()).isEqualTo(ErrorCode.CONVERSATION_NOT_FOUND);
        assertThat(fixture.admission.running()).isEmpty();
    }

    @Test
    void convertsAnErrorInTheEndOfTheResponse() {
        Client client = new Client() {
            @Override
            public void end() {
                super.end();
                throw new StackOverflowError();
            }
        };

        Throwable thrown = catchThrowable(() -> run(client));

        assertThat(((GatewayException) thrown).code()).isEqualTo(ErrorCode.INTERNAL_ERROR);
        assertThat(client.releasedBeforeEnd).isTrue();
        assertThat(stored()).as("the answer was complete").isNotNull();
    }

    @Test
    void storesNothingIfTheConversationIsDeletedMeanwhile() {
        work = turn -> {
            turn.log().answerText("Because.");
            fixture.conversations.store().delete(TurnFixture.CALLER, "c1");
            return FinishReason.STOP;
        };
        Client client = new Client();

        Throwable thrown = catchThrowable(() -> run(client));

        assertThat(((GatewayException) thrown).code()).isEqualTo(ErrorCode.CONVERSATION_CHANGED);
        assertThat(client.ends).isZero();
        assertThat(isReleased()).isTrue();
        assertThat(stored()).isNull();
    }

    @Test
    void survivesAnObserverThatFails() {
        TurnRunner runner = new TurnRunner(
                Map.of("main", ScriptedUpstream.answering("unused")),
                fixture.lock,
                1 << 20,
                turn -> {
                    throw new StackOverflowError();
                },
                scheduler,
                scheduler,
                Pricing.NONE);
        Client client = new Client();

        runner.run(request(CONVERSATION), fixture.admission.admit(TurnFixture.CALLER, () -> {}), client);

        assertThat(client.ends).isOne();
    }
}
