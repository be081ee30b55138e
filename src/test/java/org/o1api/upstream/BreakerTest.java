package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.llm.ErrorCode;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.Script;

class BreakerTest {
    private static final Duration SOON = Duration.ofMillis(100);
    private static final Duration LATE = Duration.ofMinutes(5);

    private final UpstreamFixture fixture = new UpstreamFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private static void fail(Breaker breaker, int times) {
        for (int i = 0; i < times; i++) {
            breaker.admit().failed(Failures.broken("broke", null));
        }
    }

    private static void succeed(Breaker breaker, int times) {
        for (int i = 0; i < times; i++) {
            breaker.admit().succeeded();
        }
    }

    private static boolean refuses(Breaker breaker) {
        return catchThrowable(breaker::throwIfOpen) != null;
    }

    @ParameterizedTest
    @CsvSource({"0, 19, false", "0, 20, true", "11, 10, false", "10, 10, true", "30, 25, true", "26, 24, false"})
    void opensWhereHalfOfTheLastCallsFailed(int successes, int failures, boolean opens) {
        Breaker breaker = new Breaker("main", LATE, true);
        succeed(breaker, successes);
        fail(breaker, failures);
        assertThat(refuses(breaker)).isEqualTo(opens);
    }

    @Test
    void staysClosedWhereItIsNotWanted() {
        Breaker breaker = new Breaker("main", LATE, false);
        fail(breaker, 100);
        assertThat(refuses(breaker)).isFalse();
    }

    @Test
    void forgetsWhatIsLongAgo() {
        Breaker breaker = new Breaker("main", LATE, true);
        for (int i = 0; i < 10; i++) {
            succeed(breaker, 30);
            fail(breaker, 20);
        }
        assertThat(refuses(breaker)).isFalse();
        succeed(breaker, 50);
        fail(breaker, 25);
        assertThat(refuses(breaker)).isTrue();
    }

    @Test
    void saysForHowLongItIsOpen() {
        Breaker breaker = new Breaker("main", LATE, true);
        fail(breaker, 20);
        UpstreamException refusal = catchThrowableOfType(UpstreamException.class, breaker::admit);
        assertThat(refusal.code()).isEqualTo(ErrorCode.UPSTREAM_UNAVAILABLE);
        assertThat(refusal.retryable()).isFalse();
        assertThat(Objects.requireNonNull(refusal.retryAfter())).isPositive().isLessThanOrEqualTo(LATE);
    }

    @Test
    void letsOneProbeThroughThatDecides() {
        Breaker breaker = new Breaker("main", SOON, true);
        fail(breaker, 20);
        Breaker.Permit probe = await().ignoreExceptions().until(breaker::admit, Objects::nonNull);
        assertThatCode(breaker::throwIfOpen).doesNotThrowAnyException();
        assertThat(catchThrowable(breaker::admit)).isInstanceOf(UpstreamException.class);
        probe.failed(Failures.broken("broke", null));
        assertThat(catchThrowable(breaker::admit)).isInstanceOf(UpstreamException.class);

        await().ignoreExceptions().until(breaker::admit, Objects::nonNull).succeeded();
        succeed(breaker, 20);
    }

    @Test
    void sendsAnotherProbeWhereOneWasCancelledOrSaysNothing() {
        Breaker breaker = new Breaker("main", SOON, true);
        fail(breaker, 20);
        Breaker.Permit probe = await().ignoreExceptions().until(breaker::admit, Objects::nonNull);
        probe.close();
        Breaker.Permit next = breaker.admit();
        assertThat(catchThrowable(breaker::admit)).isInstanceOf(UpstreamException.class);
        next.failed(new UpstreamException(ErrorCode.UPSTREAM_RATE_LIMIT, "slow", true, null, 429, null));
        next.close();
        breaker.admit().succeeded();
        succeed(breaker, 20);
    }

    @Test
    void aCallFromBeforeTheTroubleDecidesNothing() {
        Breaker breaker = new Breaker("main", SOON, true);
        Breaker.Permit early = breaker.admit();
        Breaker.Permit left = breaker.admit();
        fail(breaker, 20);
        Breaker.Permit probe = await().ignoreExceptions().until(breaker::admit, Objects::nonNull);
        early.succeeded();
        left.close();
        assertThat(catchThrowable(breaker::admit)).isInstanceOf(UpstreamException.class);
        probe.succeeded();
        succeed(breaker, 20);
    }

    @Test
    void anOpenBreakerTouchesNoNetwork() {
        FakeUpstream fake = fixture.fake(FakeUpstream.deciding(request -> Script.error(500, "no")));
        HttpUpstream upstream = fixture.upstream(settings -> settings.url(fake.url()), LATE);
        List<Throwable> failures = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            failures.add(failure(upstream));
        }
        assertThat(fake.requests()).hasSize(20);
        assertThat(failures.get(5)).hasMessage("The model's provider failed (500).");
        assertThat(failures.get(9))
                .hasMessage("The model's provider has failed too often, and is left alone for a moment.");
    }

    @Test
    void aReplyThatBreaksInTheMiddleIsAFailure() {
        FakeUpstream fake = fixture.fake(FakeUpstream.deciding(
                request -> exchange -> exchange.stream().text("a").reset()));
        HttpUpstream upstream = fixture.upstream(settings -> settings.url(fake.url()), LATE);
        for (int i = 0; i < 20; i++) {
            assertThat(failure(upstream)).hasMessage("The model's provider broke the connection off.");
        }
        assertThat(failure(upstream)).hasMessageContaining("too often");
        assertThat(fake.requests()).hasSize(20);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 404, 408, 409, 413, 429})
    void aRefusalIsNoFailure(int status) {
        FakeUpstream fake = fixture.fake(FakeUpstream.deciding(request -> Script.error(status, "no")));
        HttpUpstream upstream =
                fixture.upstream(settings -> settings.url(fake.url()).attempts(1), LATE);
        for (int i = 0; i < 25; i++) {
            failure(upstream);
        }
        assertThat(fake.requests()).hasSize(25);
    }

    @Test
    void aCallThatWeEndIsNoFailure() {
        FakeUpstream fake = fixture.fake(FakeUpstream.deciding(
                request -> exchange -> exchange.stream().text("a").awaitClientLeft()));
        HttpUpstream upstream = fixture.upstream(settings -> settings.url(fake.url()), LATE);
        for (int i = 0; i < 25; i++) {
            Cancellation cancellation = new Cancellation();
            try (Call call = upstream.open(fixture.request(), new Terms(cancellation))) {
                if (i % 2 == 0) {
                    cancellation.cancel(ErrorCode.UPSTREAM_TIMEOUT, "time");
                    assertThat(catchThrowable(() -> fixture.text(call))).hasMessage("time");
                }
            }
        }
        assertThat(fake.requests()).hasSize(25);
    }

    @Test
    void isCalledAgainWhenItsProbeSucceeds() {
        FakeUpstream fake = fixture.fake(FakeUpstream.deciding(
                request -> request.number() < 20 ? Script.error(500, "no") : Script.answer("well")));
        HttpUpstream upstream =
                fixture.upstream(settings -> settings.url(fake.url()).attempts(1), SOON);
        for (int i = 0; i < 20; i++) {
            failure(upstream);
        }
        await().until(() -> failure(upstream) == null);
        for (int i = 0; i < 5; i++) {
            assertThat(failure(upstream)).isNull();
        }
    }

    @Test
    void aProbeThatIsCancelledIsNotTheLast() {
        FakeUpstream fake = fixture.fake(FakeUpstream.deciding(request -> request.number() < 20
                ? Script.reset()
                : request.number() == 20 ? Script.silence() : Script.answer("well")));
        HttpUpstream upstream =
                fixture.upstream(settings -> settings.url(fake.url()).attempts(1), SOON);
        for (int i = 0; i < 20; i++) {
            failure(upstream);
        }
        Cancellation leaving = new Cancellation();
        CompletableFuture<Void> leaves = CompletableFuture.runAsync(() -> {
            fake.awaitRequests(21);
            leaving.cancel(ErrorCode.CLIENT_LEFT, "gone");
        });
        await().until(() -> "gone".equals(failure(upstream, leaving).getMessage()));
        leaves.join();
        assertThat(failure(upstream)).isNull();
    }

    private Throwable failure(HttpUpstream upstream) {
        return failure(upstream, new Cancellation());
    }

    private Throwable failure(HttpUpstream upstream, Cancellation cancellation) {
        return catchThrowable(() -> {
            try (Call call = upstream.open(fixture.request(), new Terms(cancellation))) {
                fixture.text(call);
            }
        });
    }
}
