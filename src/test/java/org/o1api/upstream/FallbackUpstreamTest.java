package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.model.Cancellation;
import org.o1api.model.CancelledException;
import org.o1api.model.ErrorCode;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.Script;

class FallbackUpstreamTest {
    private final UpstreamFixture fixture = new UpstreamFixture();
    private final Cancellation cancellation = new Cancellation();

    @AfterEach
    void close() {
        fixture.close();
    }

    private FakeUpstream fake(Script script) {
        return fixture.fake(FakeUpstream.dispatching(request -> script));
    }

    private Upstream fallback(FakeUpstream... fakes) {
        return new FallbackUpstream(List.of(fakes).stream()
                .map(fixture::upstream)
                .map(Upstream.class::cast)
                .toList());
    }

    private String answer(Upstream upstream, RetryBudget retries) {
        try (Call call = upstream.open(fixture.request(), new CallContext(cancellation, retries, () -> {}))) {
            return fixture.text(call);
        }
    }

    private UpstreamException failure(Upstream upstream) {
        return catchThrowableOfType(UpstreamException.class, () -> answer(upstream, new RetryBudget(6)));
    }

    @Test
    void callsTheFirstIfItSucceeds() {
        FakeUpstream main = fake(Script.answer("main"));
        FakeUpstream spare = fake(Script.answer("spare"));
        assertThat(answer(fallback(main, spare), new RetryBudget(6))).isEqualTo("main");
        assertThat(spare.requests()).isEmpty();
    }

    @Test
    void staysWithTheUpstreamThatAnswered() {
        FakeUpstream main = fake(Script.error(401, "no"));
        FakeUpstream spare = fake(Script.answer("spare"));
        Upstream both = fallback(main, spare);
        for (int call = 0; call < 3; call++) {
            assertThat(answer(both, new RetryBudget(6))).isEqualTo("spare");
        }
        assertThat(main.requests()).hasSize(1);
    }

    @Test
    void returnsToTheFirstIfTheOtherFails() {
        FakeUpstream main = fixture.fake(FakeUpstream.dispatching(
                request -> request.number() == 0 ? Script.error(401, "no") : Script.answer("main")));
        FakeUpstream spare = fixture.fake(FakeUpstream.dispatching(
                request -> request.number() == 0 ? Script.answer("spare") : Script.error(401, "no")));
        Upstream both = fallback(main, spare);
        assertThat(answer(both, new RetryBudget(6))).isEqualTo("spare");
        assertThat(answer(both, new RetryBudget(6))).isEqualTo("main");
    }

    @Test
    void callsTheNextAfterATimeout() {
        FakeUpstream main = fake(Script.silence());
        FakeUpstream spare = fake(Script.answer("spare"));
        Upstream both = fallback(main, spare);
        Cancellation step = cancellation.child();
        Thread clock = new Thread(() -> {
            main.awaitRequests(1);
            step.cancel(ErrorCode.UPSTREAM_TIMEOUT, "the time for thinking is over");
        });
        clock.start();
        assertThat(catchThrowableOfType(
                        CancelledException.class,
                        () -> both.open(fixture.request(), new CallContext(step))
                                .close()))
                .isNotNull();
        assertThat(answer(both, new RetryBudget(6))).isEqualTo("spare");
    }

    /** Such as the loser of several concurrent calls: that says nothing about its upstream. */
    @Test
    void staysAtAnUpstreamWhoseCallIsNoLongerNeeded() {
        FakeUpstream main = fake(exchange ->
                (exchange.request().number() == 0 ? Script.silence() : Script.answer("main")).run(exchange));
        FakeUpstream spare = fake(Script.answer("spare"));
        Upstream both = fallback(main, spare);
        Cancellation loser = cancellation.child();
        new Thread(() -> {
                    main.awaitRequests(1);
                    loser.cancel(ErrorCode.INTERNAL_ERROR, "not needed");
                })
                .start();
        assertThat(catchThrowableOfType(
                        CancelledException.class,
                        () -> both.open(fixture.request(), new CallContext(loser))
                                .close()))
                .isNotNull();
        assertThat(answer(both, new RetryBudget(6))).isEqualTo("main");
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 429, 408, 401, 403, 404, 302})
    void callsTheNextIfTheFirstAnswersWithAnError(int status) {
        FakeUpstream main = fake(Script.error(status, "no"));
        FakeUpstream spare = fake(Script.answer("spare"));
        assertThat(answer(fallback(main, spare), new RetryBudget(6))).isEqualTo("spare");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 422, 413})
    void doesNotFallBackIfTheRequestIsWrong(int status) {
        FakeUpstream main = fake(Script.error(status, "no"));
        FakeUpstream spare = fake(Script.answer("spare"));
        assertThat(failure(fallback(main, spare)).status()).isEqualTo(status);
        assertThat(spare.requests()).isEmpty();
    }

    @Test
    void consumesNoRetry() {
        FakeUpstream main = fake(Script.reset());
        FakeUpstream spare = fake(Script.answer("spare"));
        assertThat(answer(fallback(main, spare), new RetryBudget(0))).isEqualTo("spare");
        assertThat(main.requests()).hasSize(1);
    }

    @Test
    void callsTheNextIfTheFirstIsSilentGoneFullOrOpen() {
        FakeUpstream silent = fake(Script.silence());
        FakeUpstream busy = fake(exchange -> exchange.stream().text("a").awaitDisconnect());
        FakeUpstream broken = fake(Script.error(500, "no"));
        FakeUpstream spare = fake(Script.answer("spare"));
        HttpUpstream full = fixture.upstream(
                settings -> settings.url(busy.url()).concurrency(1).queue(0));
        HttpUpstream open =
                fixture.upstream(settings -> settings.url(broken.url()).attempts(1), Duration.ofMinutes(5));
        for (int i = 0; i < 20; i++) {
            assertThat(failure(open).code()).isEqualTo(ErrorCode.UPSTREAM_FAILED);
        }
        Call holder = full.open(fixture.request(), new CallContext(new Cancellation()));
        for (Upstream first : List.of(
                fixture.upstream(settings -> settings.url(silent.url()).firstToken(Duration.ofMillis(200))),
                fixture.upstream(settings ->
                        settings.url(URI.create("http://nowhere.invalid/")).attempts(1)),
                full,
                open)) {
            Upstream both = new FallbackUpstream(List.of(first, fixture.upstream(spare)));
            assertThat(answer(both, new RetryBudget(6))).isEqualTo("spare");
        }
        assertThat(broken.requests()).hasSize(20);
        holder.close();
    }

    @Test
    void doesNotFallBackAfterTheFirstDelta() {
        FakeUpstream main = fake(exchange -> exchange.stream().text("a").reset());
        FakeUpstream spare = fake(Script.answer("spare"));
        assertThat(failure(fallback(main, spare)).code()).isEqualTo(ErrorCode.UPSTREAM_FAILED);
        assertThat(spare.requests()).isEmpty();
    }

    @Test
    void throwsTheFirstFailureIfAllFail() {
        FakeUpstream main = fake(Script.error(429, "slow", "Retry-After: 30"));
        FakeUpstream spare = fake(Script.error(400, "no"));
        FakeUpstream last = fake(Script.error(500, "no"));
        UpstreamException failure = failure(fallback(main, spare, last));
        assertThat(failure.code()).isEqualTo(ErrorCode.UPSTREAM_RATE_LIMIT);
        assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(30));
        assertThat(failure.getSuppressed()).hasSize(2);
        assertThat(last.requests()).isNotEmpty();
    }

    @Test
    void callsNoUpstreamWhenTheTurnIsCancelled() {
        FakeUpstream main = fake(exchange -> {
            cancellation.cancel(ErrorCode.UPSTREAM_TIMEOUT, "over");
            exchange.awaitDisconnect();
        });
        FakeUpstream spare = fake(Script.answer("spare"));
        assertThat(catchThrowableOfType(
                        CancelledException.class, () -> answer(fallback(main, spare), new RetryBudget(6))))
                .hasMessage("over");
        assertThat(spare.requests()).isEmpty();
    }

    @Test
    void requestsTheModelOfEachUpstream() {
        FakeUpstream main = fake(Script.error(500, "no"));
        FakeUpstream spare = fake(Script.answer("spare"));
        HttpUpstream other =
                fixture.upstream(settings -> settings.url(spare.url()).model("other-model"));
        answer(new FallbackUpstream(List.of(fixture.upstream(main), other)), new RetryBudget(6));
        assertThat(main.request(0).body().path("model").asText()).isEqualTo("some-model");
        assertThat(spare.request(0).body().path("model").asText()).isEqualTo("other-model");
    }
}
