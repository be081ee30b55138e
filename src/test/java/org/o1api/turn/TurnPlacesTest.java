package org.o1api.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.o1api.llm.ErrorCode;
import org.o1api.llm.FinishReason;
import org.o1api.llm.Message;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Prompts;
import org.o1api.reasoning.Question;
import org.o1api.reasoning.TurnException;
import org.o1api.reasoning.TurnListener;
import org.o1api.upstream.Cancellation;
import org.o1api.upstream.DemoUpstream;

/** The place that a turn takes where there is only one. */
class TurnPlacesTest {
    private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
    private final TurnService turns = new TurnService(
            Map.of("main", new DemoUpstream("main", Duration.ZERO)),
            Map.of("steps", (question, preset, thinker, out) -> FinishReason.STOP),
            new TurnLimits(1, 1, Duration.ZERO),
            scheduler);

    @AfterEach
    void close() {
        scheduler.shutdownNow();
    }

    private static Turn turn() {
        Preset preset = new Preset(
                "o1",
                List.of("main"),
                "m",
                "steps",
                new Preset.Steps(0, 1),
                new Preset.Budget(30, 50_000, Duration.ofMinutes(1), 6),
                Prompts.DEFAULT,
                Preset.History.DEFAULT,
                null);
        Question question = new Question(List.of(Message.user("Why?")), Map.of(), null, Map.of(), null, preset.steps());
        return new Turn("caller", preset, question, new Cancellation());
    }

    /** A client that reads the last words, and does something then. */
    private static TurnListener whoseEnd(Runnable then) {
        return (TurnListener) Proxy.newProxyInstance(
                TurnListener.class.getClassLoader(), new Class<?>[] {TurnListener.class}, (self, method, arguments) -> {
                    if (method.getName().equals("completed")) {
                        then.run();
                    }
                    return null;
                });
    }

    @Test
    void isFreeForTheNextTurnOfWhoHasReadTheLastWords() {
        List<Turn> next = new ArrayList<>();
        Turn first = turn();
        turns.begin(first);
        turns.run(first, whoseEnd(() -> {
            next.add(turn());
            turns.begin(next.get(0));
        }));
        assertThat(next).hasSize(1);
        assertThat(catchThrowableOfType(TurnException.class, () -> turns.begin(turn()))
                        .code())
                .isEqualTo(ErrorCode.OVERLOADED);
    }

    @Test
    void isNobodysOnceTheGatewayStops() {
        turns.stop();

        assertThat(turns.ready()).isFalse();
        TurnException refused = catchThrowableOfType(TurnException.class, () -> turns.begin(turn()));
        assertThat(refused.code()).isEqualTo(ErrorCode.SHUTTING_DOWN);
        assertThat(refused.retryAfter()).isPositive();
    }
}
