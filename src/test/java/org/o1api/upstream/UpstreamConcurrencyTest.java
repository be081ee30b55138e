package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.o1api.model.Cancellation;
import org.o1api.model.ErrorCode;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.Script;

/** An upstream at its limit of concurrent calls. */
class UpstreamConcurrencyTest {
    private final UpstreamFixture fixture = new UpstreamFixture();
    private final ExecutorService callers = Executors.newCachedThreadPool();

    @AfterEach
    void close() {
        fixture.close();
        callers.shutdownNow();
    }

    @Test
    void holdsASlotUntilTheCallIsClosed() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request -> Script.answer("well")));
        HttpUpstream upstream = fixture.upstream(
                settings -> settings.url(fake.url()).concurrency(1).queue(0));
        Call first = upstream.open(fixture.request(), new CallContext(new Cancellation()));
        assertThat(fixture.text(first)).isEqualTo("well");
        UpstreamException failure = catchThrowableOfType(
                UpstreamException.class, () -> upstream.open(fixture.request(), new CallContext(new Cancellation())));
        assertThat(failure.code()).isEqualTo(ErrorCode.RATE_LIMIT_EXCEEDED);
        assertThat(failure.retryAfter()).isPositive();
        assertThat(failure)
                .hasMessage(
                        "The gateway is at its limit of 1 concurrent calls to this model provider (upstreams.*.concurrency),"
                                + " and the queue of 0 waiting calls is full (upstreams.*.queue). Retry shortly.");
        first.close();
        upstream.open(fixture.request(), new CallContext(new Cancellation())).close();
        assertThat(fake.requests()).hasSize(2);
    }

    @Test
    void waitsForASlotAtMostTheFirstTokenTimeout() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request -> Script.answer("well")));
        HttpUpstream upstream = fixture.upstream(
                settings -> settings.url(fake.url()).concurrency(1).queue(1).firstToken(Duration.ofMillis(150)));
        try (Call first = upstream.open(fixture.request(), new CallContext(new Cancellation()))) {
            UpstreamException failure = catchThrowableOfType(
                    UpstreamException.class,
                    () -> upstream.open(fixture.request(), new CallContext(new Cancellation())));
            assertThat(failure.code()).isEqualTo(ErrorCode.OVERLOADED);
            assertThat(failure.retryAfter()).isPositive();
            assertThat(failure)
                    .hasMessage("The gateway was at its limit of 1 concurrent calls to this model provider"
                            + " (upstreams.*.concurrency) for 150 ms. Retry shortly.");
            assertThat(fixture.text(first)).isEqualTo("well");
        }
    }

    @Test
    void rejectsAWaiterOfTheBusiestCallerInFavorOfAnotherCaller() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request -> Script.answer("well")));
        HttpUpstream upstream = fixture.upstream(
                settings -> settings.url(fake.url()).concurrency(1).queue(2));
        Call held = upstream.open(fixture.request(), fixture.context("a"));
        List<CompletableFuture<String>> busy = List.of(answer(upstream, "a"), answer(upstream, "a"));
        Awaitility.await().until(() -> upstream.queuedCalls() == 2);
        CompletableFuture<String> other = answer(upstream, "b");
        CompletableFuture<Object> first = CompletableFuture.anyOf(busy.toArray(CompletableFuture[]::new));
        assertThat(first.join()).asString().contains("the queue of 2 waiting calls is full");
        held.close();
        assertThat(other.join()).isEqualTo("well");
        assertThat(busy).extracting(CompletableFuture::join).contains("well");
    }

    private CompletableFuture<String> answer(HttpUpstream upstream, String caller) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (Call call = upstream.open(fixture.request(), fixture.context(caller))) {
                        return fixture.text(call);
                    } catch (UpstreamException e) {
                        return String.valueOf(e.getMessage());
                    }
                },
                callers);
    }

    @Test
    void aCallThatFailsReleasesItsSlot() {
        FakeUpstream fake = fixture.fake(FakeUpstream.scripted(
                Script.error(400, "no"), Script.reset(), Script.error(500, "no"), Script.answer("well")));
        HttpUpstream upstream = fixture.upstream(
                settings -> settings.url(fake.url()).concurrency(1).queue(0));
        assertThat(catchThrowable(() -> upstream.open(fixture.request(), new CallContext(new Cancellation()))))
                .hasMessage("no");
        try (Call call = upstream.open(fixture.request(), new CallContext(new Cancellation()))) {
            assertThat(fixture.text(call)).isEqualTo("well");
        }
    }
}
