package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.o1api.llm.ErrorCode;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.Script;

class PlacesTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    private final UpstreamFixture fixture = new UpstreamFixture();
    private final ExecutorService callers = Executors.newCachedThreadPool();

    @AfterEach
    void close() {
        fixture.close();
        callers.shutdownNow();
    }

    private CompletableFuture<Void> taken(Places places, Cancellation cancellation, Runnable then) {
        int before = places.waiting();
        CompletableFuture<Void> taking = CompletableFuture.runAsync(
                () -> {
                    places.take(cancellation, LONG);
                    then.run();
                },
                callers);
        await().until(() -> places.waiting() == before + 1);
        return taking;
    }

    @Test
    void serveFirstWhoCameFirst() {
        Places places = new Places(1, 10);
        places.take(new Cancellation(), LONG);
        List<Integer> order = new CopyOnWriteArrayList<>();
        List<CompletableFuture<Void>> waiting = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            int number = i;
            waiting.add(taken(places, new Cancellation(), () -> {
                order.add(number);
                places.giveBack();
            }));
        }
        places.giveBack();
        CompletableFuture.allOf(waiting.toArray(CompletableFuture[]::new)).join();
        assertThat(order).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(places.take(new Cancellation(), Duration.ZERO)).isEqualTo(Places.Outcome.TAKEN);
    }

    @Test
    void refuseWhereTheLineIsTooLong() {
        Places places = new Places(1, 1);
        places.take(new Cancellation(), LONG);
        CompletableFuture<Void> waiting = taken(places, new Cancellation(), () -> {});
        assertThat(places.take(new Cancellation(), LONG)).isEqualTo(Places.Outcome.LINE_FULL);
        places.giveBack();
        waiting.join();
    }

    @Test
    void letNobodyWaitWhereThereIsNoLine() {
        Places places = new Places(2, 0);
        places.take(new Cancellation(), LONG);
        places.take(new Cancellation(), LONG);
        assertThat(places.take(new Cancellation(), LONG)).isEqualTo(Places.Outcome.LINE_FULL);
        places.giveBack();
        assertThat(places.take(new Cancellation(), LONG)).isEqualTo(Places.Outcome.TAKEN);
    }

    @Test
    void endAWaitThatTakesTooLong() {
        Places places = new Places(1, 1);
        places.take(new Cancellation(), LONG);
        assertThat(places.take(new Cancellation(), Duration.ofMillis(50))).isEqualTo(Places.Outcome.TOO_LATE);
        assertThat(places.waiting()).isZero();
        places.giveBack();
        assertThat(places.take(new Cancellation(), Duration.ZERO)).isEqualTo(Places.Outcome.TAKEN);
    }

    @Test
    void loseNoneToWhoLeavesTheLine() {
        Places places = new Places(1, 10);
        places.take(new Cancellation(), LONG);
        Cancellation leaving = new Cancellation();
        CompletableFuture<Void> left = taken(places, leaving, () -> {});
        CompletableFuture<Void> next = taken(places, new Cancellation(), () -> {});
        leaving.cancel(ErrorCode.CLIENT_LEFT, "gone");
        assertThat(catchThrowable(left::join)).hasRootCauseMessage("gone");
        assertThat(places.waiting()).isOne();
        places.giveBack();
        next.join();
    }

    @Test
    void areHeldUntilTheCallIsClosed() {
        FakeUpstream fake = fixture.fake(FakeUpstream.deciding(request -> Script.answer("well")));
        HttpUpstream upstream = fixture.upstream(
                settings -> settings.url(fake.url()).concurrency(1).queue(0));
        Call first = upstream.open(fixture.request(), new Terms(new Cancellation()));
        assertThat(fixture.text(first)).isEqualTo("well");
        UpstreamException failure = catchThrowableOfType(
                UpstreamException.class, () -> upstream.open(fixture.request(), new Terms(new Cancellation())));
        assertThat(failure.code()).isEqualTo(ErrorCode.RATE_LIMIT_EXCEEDED);
        assertThat(failure.retryAfter()).isPositive();
        assertThat(failure)
                .hasMessage("The model's provider has all 1 calls that it may have, and 0 more wait already."
                        + " Try again shortly.");
        first.close();
        upstream.open(fixture.request(), new Terms(new Cancellation())).close();
        assertThat(fake.requests()).hasSize(2);
    }

    @Test
    void areNotWaitedForLongerThanForTheFirstToken() {
        FakeUpstream fake = fixture.fake(FakeUpstream.deciding(request -> Script.answer("well")));
        HttpUpstream upstream = fixture.upstream(
                settings -> settings.url(fake.url()).concurrency(1).queue(1).firstToken(Duration.ofMillis(150)));
        try (Call first = upstream.open(fixture.request(), new Terms(new Cancellation()))) {
            UpstreamException failure = catchThrowableOfType(
                    UpstreamException.class, () -> upstream.open(fixture.request(), new Terms(new Cancellation())));
            assertThat(failure.code()).isEqualTo(ErrorCode.OVERLOADED);
            assertThat(failure.retryAfter()).isPositive();
            assertThat(failure)
                    .hasMessage("The model's provider has had all 1 calls that it may have for 150 ms."
                            + " Try again shortly.");
            assertThat(fixture.text(first)).isEqualTo("well");
        }
    }

    @Test
    void areGivenBackByACallThatFails() {
        FakeUpstream fake = fixture.fake(FakeUpstream.playing(
                Script.error(400, "no"), Script.reset(), Script.error(500, "no"), Script.answer("well")));
        HttpUpstream upstream = fixture.upstream(
                settings -> settings.url(fake.url()).concurrency(1).queue(0));
        assertThat(catchThrowable(() -> upstream.open(fixture.request(), new Terms(new Cancellation()))))
                .hasMessage("no");
        try (Call call = upstream.open(fixture.request(), new Terms(new Cancellation()))) {
            assertThat(fixture.text(call)).isEqualTo("well");
        }
    }
}
