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

    private FakeUpstream playing(Script script) {
        return fixture.fake(FakeUpstream.dispatching(request -> script));
    }

    private Upstream over(FakeUpstream... fakes) {
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
    void callsTheFirstWhereThatWorks() {
        FakeUpstream main = playing(Script.answer("main"));
        FakeUpstream spare = playing(Script.answer("spare"));
        assertThat(answer(over(main, spare), new RetryBudget(6))).isEqualTo("main");
        assertThat(spare.requests()).isEmpty();
    }

    @Test
    void staysWithTheOneThatAnswered() {
        FakeUpstream main = playing(Script.error(401, "no"));
        FakeUpstream spare = playing(Script.answer("spare"));
        Upstream both = over(main, spare);
        for (int call = 0; call < 3; call++) {
            assertThat(answer(both, new RetryBudget(6))).isEqualTo("spare");
        }
        assertThat(main.requests()).hasSize(1);
    }

    @Test
    void goesBackToTheFirstWhereTheOtherFails() {
        FakeUpstream main = fixture.fake(FakeUpstream.dispatching(
                request -> request.number() == 0 ? Script.error(401, "no") : Script.answer("main")));
        FakeUpstream spare = fixture.fake(FakeUpstream.dispatching(
                request -> request.number() == 0 ? Script.answer("spare") : Script.error(401, "no")));
        Upstream both = over(main, spare);
        assertThat(answer(both, new RetryBudget(6))).isEqualTo("spare");
        assertThat(answer(both, new RetryBudget(6))).isEqualTo("main");
    }

    @Test
    void callsTheNextAfterTheTimeForOneIsOver() {
        FakeUpstream main = playing(Script.silence());
        FakeUpstream spare = playing(Script.answer("spare"));
        Upstream both = over(main, spare);
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

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 429, 408, 401, 403, 404, 302})
    void callsTheNextWhereTheFirstAnswers(int status) {
        FakeUpstream main = playing(Script.error(status, "no"));
        FakeUpstream spare = playing(Script.answer("spare"));
        assertThat(answer(over(main, spare), new RetryBudget(6))).isEqualTo("spare");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 422, 413})
    void callsNobodyElseWhereTheRequestIsAtFault(int status) {
        FakeUpstream main = playing(Script.error(status, "no"));
        FakeUpstream spare = playing(Script.answer("spare"));
        assertThat(failure(over(main, spare)).status()).isEqualTo(status);
        assertThat(spare.requests()).isEmpty();
    }

    @Test
    void costsNoRetry() {
        FakeUpstream main = playing(Script.reset());
        FakeUpstream spare = playing(Script.answer("spare"));
        assertThat(answer(over(main, spare), new RetryBudget(0))).isEqualTo("spare");
        assertThat(main.requests()).hasSize(1);
    }

    @Test
    void callsTheNextWhereTheFirstIsSilentOrGoneOrFullOrOpen() {
        FakeUpstream silent = playing(Script.silence());
        FakeUpstream busy = playing(exchange -> exchange.stream().text("a").awaitDisconnect());
        FakeUpstream broken = playing(Script.error(500, "no"));
        FakeUpstream spare = playing(Script.answer("spare"));
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
    void doesNotFallBackOnceSomethingHasCome() {
        FakeUpstream main = playing(exchange -> exchange.stream().text("a").reset());
        FakeUpstream spare = playing(Script.answer("spare"));
        assertThat(failure(over(main, spare)).code()).isEqualTo(ErrorCode.UPSTREAM_FAILED);
        assertThat(spare.requests()).isEmpty();
    }

    @Test
    void failsAsTheFirstDidWhereAllFail() {
        FakeUpstream main = playing(Script.error(429, "slow", "Retry-After: 30"));
        FakeUpstream spare = playing(Script.error(400, "no"));
        FakeUpstream last = playing(Script.error(500, "no"));
        UpstreamException failure = failure(over(main, spare, last));
        assertThat(failure.code()).isEqualTo(ErrorCode.UPSTREAM_RATE_LIMIT);
        assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(30));
        assertThat(failure.getSuppressed()).hasSize(2);
        assertThat(last.requests()).isNotEmpty();
    }

    @Test
    void callsNobodyWhenTheTurnIsCancelled() {
        FakeUpstream main = playing(exchange -> {
            cancellation.cancel(ErrorCode.UPSTREAM_TIMEOUT, "over");
            exchange.awaitDisconnect();
        });
        FakeUpstream spare = playing(Script.answer("spare"));
        assertThat(catchThrowableOfType(CancelledException.class, () -> answer(over(main, spare), new RetryBudget(6))))
                .hasMessage("over");
        assertThat(spare.requests()).isEmpty();
    }

    @Test
    void asksAnUpstreamForItsOwnModel() {
        FakeUpstream main = playing(Script.error(500, "no"));
        FakeUpstream spare = playing(Script.answer("spare"));
        HttpUpstream other =
                fixture.upstream(settings -> settings.url(spare.url()).model("other-model"));
        answer(new FallbackUpstream(List.of(fixture.upstream(main), other)), new RetryBudget(6));
        assertThat(main.request(0).body().path("model").asText()).isEqualTo("some-model");
        assertThat(spare.request(0).body().path("model").asText()).isEqualTo("other-model");
    }
}
