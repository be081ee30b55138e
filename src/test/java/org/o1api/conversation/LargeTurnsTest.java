package org.o1api.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.o1api.json.JsonSlices;
import org.o1api.json.MessageJson;
import org.o1api.model.Content;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.GatewayException;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.TurnUsage;

class LargeTurnsTest {
    private static final String LONG = "x".repeat(1 << 20);
    private static final RawJson LONG_JSON = new RawJson(JsonSlices.quoted(LONG));

    private static StoredTurn turn(Message message, StoredTurn.@Nullable Answer answer, @Nullable RawJson echo) {
        return new StoredTurn("turn_1", 5, "m", List.of(message), answer, echo);
    }

    private static StoredTurn of(Message message) {
        return turn(message, null, null);
    }

    private static StoredTurn answered(@Nullable String content, @Nullable RawJson calls, String reasoning) {
        return turn(
                Message.user("?"),
                Answers.of(
                        content,
                        null,
                        null,
                        calls,
                        List.of(new StoredTurn.Step("T", reasoning)),
                        FinishReason.STOP,
                        TurnUsage.NONE),
                null);
    }

    private static final StoredTurn SMALL = answered("a", null, "b");

    static Stream<StoredTurn> largeTurns() {
        return Stream.of(
                of(Message.user(LONG)),
                of(new Message.User(new Content.Parts(new RawJson("[" + LONG_JSON + "]")), Map.of())),
                of(new Message.User(new Content.Text(""), Map.of("x", LONG_JSON))),
                of(MessageJson.assistant(null, Map.of(), Map.of("reasoning_content", LONG_JSON))),
                of(MessageJson.toolResult("c", new Content.Text("")).withAttachments(List.of(LONG_JSON))),
                turn(Message.user("?"), null, LONG_JSON),
                answered(LONG, null, ""),
                answered(
                        null,
                        new RawJson("[{\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":" + LONG_JSON + "}}]"),
                        ""),
                answered("a", null, LONG));
    }

    /** Holds the lock until the test ends it. */
    private static CompletableFuture<String> storing(LargeTurns turns, CountDownLatch end) throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CompletableFuture<String> storing =
                CompletableFuture.supplyAsync(() -> turns.store(of(Message.user(LONG)), () -> {
                    started.countDown();
                    try {
                        return end.await(60, TimeUnit.SECONDS) ? "first" : "timeout";
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }));
        assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
        return storing;
    }

    @ParameterizedTest
    @MethodSource("largeTurns")
    void endsTheWaitForAnotherLargeTurn(StoredTurn large) throws Exception {
        LargeTurns turns = new LargeTurns(Duration.ofMillis(10));
        CountDownLatch end = new CountDownLatch(1);
        CompletableFuture<String> first = storing(turns, end);

        GatewayException failure =
                catchThrowableOfType(GatewayException.class, () -> turns.store(large, () -> "second"));
        assertThat(failure.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        assertThat(turns.store(SMALL, () -> "small")).isEqualTo("small");
        assertThat(turns.store(null, () -> "none")).isEqualTo("none");

        end.countDown();
        assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo("first");
        assertThat(turns.store(large, () -> "third")).isEqualTo("third");
    }

    @Test
    void storesOneLargeTurnAfterTheOther() throws Exception {
        LargeTurns turns = new LargeTurns(Duration.ofSeconds(60));
        CountDownLatch end = new CountDownLatch(1);
        CompletableFuture<String> first = storing(turns, end);
        CompletableFuture<String> second =
                CompletableFuture.supplyAsync(() -> turns.store(of(Message.user(LONG)), () -> "second"));
        assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> second.get(100, TimeUnit.MILLISECONDS));
        end.countDown();
        assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo("first");
        assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo("second");
    }
}
