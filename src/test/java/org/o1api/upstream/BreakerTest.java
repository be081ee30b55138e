package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.model.Cancellation;
import org.o1api.model.ConcurrencyLimiter;
import org.o1api.model.ErrorCode;
import org.o1api.model.Message;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.Script;

class BreakerTest {
    private static final Duration SHORT_OPEN_TIME = Duration.ofMillis(100);
    private static final Duration LONG_OPEN_TIME = Duration.ofMinutes(5);

    private final UpstreamFixture fixture = new UpstreamFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private static void fail(Breaker breaker, int times) {
        for (int i = 0; i < times; i++) {
            fail(breaker, "a");
        }
    }

    private static void fail(Breaker breaker, String caller) {
        breaker.admit(new TurnCallState(caller)).failed(UpstreamErrors.providerFailed("broke", null));
    }

    private static void succeed(Breaker breaker, int times) {
        for (int i = 0; i < times; i++) {
            admit(breaker).succeeded();
        }
    }

    private static Breaker.Permit admit(Breaker breaker) {
        return breaker.admit(new TurnCallState("a"));
    }

    private static Breaker.Permit awaitProbe(Breaker breaker) {
        return await().ignoreExceptions().until(() -> admit(breaker), Objects::nonNull);
    }

    private static boolean isRejecting(Breaker breaker) {
        return catchThrowable(() -> breaker.throwIfOpen("a")) != null;
    }

    @ParameterizedTest
    @CsvSource({"0, 19, false", "0, 20, true", "11, 10, false", "10, 10, true", "30, 25, true", "26, 24, false"})
    void opensIfHalfOfTheLastCallsFailed(int successes, int failures, boolean opens) {
        Breaker breaker = new Breaker("main", LONG_OPEN_TIME, true);
        succeed(breaker, successes);
        fail(breaker, failures);
        assertThat(isRejecting(breaker)).isEqualTo(opens);
    }

    @Test
    void staysClosedIfDisabled() {
        Breaker breaker = new Breaker("main", LONG_OPEN_TIME, false);
        fail(breaker, 100);
        assertThat(isRejecting(breaker)).isFalse();
    }

    @Test
    void ignoresResultsOutsideTheWindow() {
        Breaker breaker = new Breaker("main", LONG_OPEN_TIME, true);
        for (int i = 0; i < 10; i++) {
            succeed(breaker, 30);
            fail(breaker, 20);
        }
        assertThat(isRejecting(breaker)).isFalse();
        succeed(breaker, 50);
        fail(breaker, 25);
        assertThat(isRejecting(breaker)).isTrue();
    }

    /** The system's clock plays no part: it may be set back. */
    @Test
    void admitsAProbeOnceItWasOpenForItsTime() {
        AtomicLong now = new AtomicLong(-1);
        Breaker breaker = new Breaker("main", Duration.ofSeconds(10), true, now::get);
        fail(breaker, 20);

        now.addAndGet(Duration.ofSeconds(7).toNanos());
        assertThat(isRejecting(breaker)).isTrue();
        UpstreamException rejection = catchThrowableOfType(UpstreamException.class, () -> admit(breaker));
        assertThat(rejection.retryAfter()).isEqualTo(Duration.ofSeconds(3));

        now.addAndGet(Duration.ofSeconds(3).toNanos() + 1);
        assertThat(isRejecting(breaker)).isFalse();
        Breaker.Permit probe = admit(breaker);
        assertThat(catchThrowable(() -> admit(breaker))).isInstanceOf(UpstreamException.class);
        probe.succeeded();
        admit(breaker).succeeded();
    }

    @Test
    void reportsHowLongItStaysOpen() {
        Breaker breaker = new Breaker("main", LONG_OPEN_TIME, true);
        fail(breaker, 20);
        UpstreamException rejection = catchThrowableOfType(UpstreamException.class, () -> admit(breaker));
        assertThat(rejection.code()).isEqualTo(ErrorCode.UPSTREAM_UNAVAILABLE);
        assertThat(rejection.retryable()).isFalse();
        assertThat(Objects.requireNonNull(rejection.retryAfter())).isPositive().isLessThanOrEqualTo(LONG_OPEN_TIME);
    }

    @Test
    void admitsOneProbeWhoseResultDecides() {
        Breaker breaker = new Breaker("main", SHORT_OPEN_TIME, true);
        fail(breaker, 20);
        Breaker.Permit probe = awaitProbe(breaker);
        assertThatCode(() -> breaker.throwIfOpen("a")).doesNotThrowAnyException();
        assertThat(catchThrowable(() -> admit(breaker))).isInstanceOf(UpstreamException.class);
        probe.failed(UpstreamErrors.providerFailed("broke", null));
        assertThat(catchThrowable(() -> admit(breaker))).isInstanceOf(UpstreamException.class);

        awaitProbe(breaker).succeeded();
        succeed(breaker, 20);
    }

    @Test
    void admitsAnotherProbeIfOneWasCancelledOrHadNoResult() {
        Breaker breaker = new Breaker("main", SHORT_OPEN_TIME, true);
        fail(breaker, 20);
        Breaker.Permit probe = awaitProbe(breaker);
        probe.close();
        Breaker.Permit next = admit(breaker);
        assertThat(catchThrowable(() -> admit(breaker))).isInstanceOf(UpstreamException.class);
        next.failed(new UpstreamException(ErrorCode.UPSTREAM_RATE_LIMIT, "slow", true, null, 429, null));
        next.close();
        admit(breaker).succeeded();
        succeed(breaker, 20);
    }

    @Test
    void ignoresResultsOfCallsAdmittedBeforeItOpened() {
        Breaker breaker = new Breaker("main", SHORT_OPEN_TIME, true);
        Breaker.Permit early = admit(breaker);
        Breaker.Permit left = admit(breaker);
        fail(breaker, "b");
        fail(breaker, 19);
        Breaker.Permit probe = awaitProbe(breaker);
        early.succeeded();
        left.close();
        assertThat(catchThrowable(() -> breaker.admit(new TurnCallState("b")))).isInstanceOf(UpstreamException.class);
        probe.succeeded();
        succeed(breaker, 20);
    }

    @Test
    void sendsNothingWhileOpen() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request -> Script.error(500, "no")));
        HttpUpstream upstream =
                fixture.upstream(settings -> settings.url(fake.url()).attempts(1), LONG_OPEN_TIME);
        List<Throwable> failures = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            failures.add(failure(upstream));
        }
        assertThat(fake.requests()).hasSize(20);
        assertThat(failures.get(19)).hasMessage("The model provider failed (500).");
        assertThat(failures.get(20))
                .hasMessage("The model provider is failing: calls are paused for a few seconds"
                        + " (upstreams.*.circuit_breaker).");
    }

    @Test
    void countsAReplyThatFailsInTheMiddle() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(
                request -> exchange -> exchange.stream().text("a").reset()));
        HttpUpstream upstream = fixture.upstream(settings -> settings.url(fake.url()), LONG_OPEN_TIME);
        for (int i = 0; i < 20; i++) {
            assertThat(failure(upstream)).hasMessage("The model provider broke the connection or sent invalid data.");
        }
        assertThat(failure(upstream)).hasMessageContaining("calls are paused");
        assertThat(fake.requests()).hasSize(20);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 404, 408, 409, 413, 429})
    void ignoresRejectedRequests(int status) {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request -> Script.error(status, "no")));
        HttpUpstream upstream =
                fixture.upstream(settings -> settings.url(fake.url()).attempts(1), LONG_OPEN_TIME);
        for (int i = 0; i < 25; i++) {
            failure(upstream);
        }
        assertThat(fake.requests()).hasSize(25);
    }

    @Test
    void ignoresCallsThatTheGatewayEnds() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(
                request -> exchange -> exchange.stream().text("a").awaitDisconnect()));
        HttpUpstream upstream = fixture.upstream(settings -> settings.url(fake.url()), LONG_OPEN_TIME);
        for (int i = 0; i < 25; i++) {
            Cancellation cancellation = new Cancellation();
            try (Call call = upstream.open(fixture.request(), new CallContext(cancellation))) {
                if (i % 2 == 0) {
                    cancellation.cancel(ErrorCode.UPSTREAM_TIMEOUT, "time");
                    assertThat(catchThrowable(() -> fixture.text(call))).hasMessage("time");
                }
            }
        }
        assertThat(fake.requests()).hasSize(25);
    }

    @Test
    void countsOneFailurePerTurn() {
        Breaker breaker = new Breaker("main", LONG_OPEN_TIME, true);
        TurnCallState turn = new TurnCallState("a");
        for (int i = 0; i < 78; i++) {
            breaker.admit(turn).failed(UpstreamErrors.providerFailed("broke", null));
        }
        fail(breaker, 18);
        assertThat(isRejecting(breaker)).isFalse();
        fail(breaker, 1);
        assertThat(isRejecting(breaker)).isTrue();
    }

    @Test
    void countsATurnsFailureAtEachUpstream() {
        Breaker main = new Breaker("main", LONG_OPEN_TIME, true);
        Breaker spare = new Breaker("spare", LONG_OPEN_TIME, true);
        for (int i = 0; i < 20; i++) {
            TurnCallState turn = new TurnCallState("a");
            main.admit(turn).failed(UpstreamErrors.providerFailed("broke", null));
            spare.admit(turn).failed(UpstreamErrors.providerFailed("broke", null));
        }
        assertThat(isRejecting(main)).isTrue();
        assertThat(isRejecting(spare)).isTrue();
    }

    @Test
    void aProbeDecidesEvenIfItsTurnFailedBefore() {
        Breaker breaker = new Breaker("main", SHORT_OPEN_TIME, true);
        TurnCallState turn = new TurnCallState("a");
        breaker.admit(turn).failed(UpstreamErrors.providerFailed("broke", null));
        fail(breaker, 19);
        Breaker.Permit probe = await().ignoreExceptions().until(() -> breaker.admit(turn), Objects::nonNull);
        probe.failed(UpstreamErrors.providerFailed("broke", null));
        UpstreamException rejection = catchThrowableOfType(UpstreamException.class, () -> admit(breaker));
        assertThat(Objects.requireNonNull(rejection.retryAfter()))
                .isLessThanOrEqualTo(SHORT_OPEN_TIME); // open, not half-open
    }

    @Test
    void anEmptyReplyIsNeitherFailureNorSuccess() {
        Breaker breaker = new Breaker("main", LONG_OPEN_TIME, true);
        for (int i = 0; i < 100; i++) {
            Breaker.Permit permit = admit(breaker);
            permit.failed(UpstreamException.emptyReply());
            permit.close();
        }
        fail(breaker, 19);
        assertThat(isRejecting(breaker)).isFalse();
        fail(breaker, 1);
        assertThat(isRejecting(breaker)).isTrue();
    }

    @Test
    void emptyRepliesDoNotOpenIt() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(
                request -> exchange -> exchange.stream().finish("stop").done()));
        HttpUpstream upstream =
                fixture.upstream(settings -> settings.url(fake.url()).attempts(1), LONG_OPEN_TIME);
        for (int i = 0; i < 25; i++) {
            assertThat(failure(upstream)).hasMessage("The model provider returned an empty reply.");
        }
        assertThat(fake.requests()).hasSize(25);
    }

    /** A slow client exhausts the call timeout after the reply has started. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void countsTheCallTimeoutOnlyBeforeTheFirstDelta(boolean hasFirstDelta) {
        Breaker breaker = new Breaker("main", LONG_OPEN_TIME, true);
        UpstreamSettings settings = new UpstreamFixture.Settings().build();
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(1, 0);
        for (int i = 0; i < 20; i++) {
            Exchange exchange = new Exchange(settings, System.nanoTime());
            try (Attempt attempt = new Attempt(
                    exchange,
                    new Cancellation(),
                    new UpstreamErrors(settings),
                    new UpstreamLog(settings),
                    ConcurrentHashMap.newKeySet(),
                    limiter)) {
                assertThat(attempt.acquireSlot("a", Duration.ZERO)).isEqualTo(ConcurrencyLimiter.Outcome.ACQUIRED);
                attempt.start(breaker, new TurnCallState("a"));
                if (hasFirstDelta) {
                    attempt.firstDeltaReceived();
                }
                exchange.enforceTimeouts(
                        System.nanoTime() + settings.timeouts().call().toNanos());
                attempt.failed(attempt.failureFor(new java.net.SocketException("Socket closed")));
            }
        }
        assertThat(isRejecting(breaker)).isEqualTo(!hasFirstDelta);
    }

    @Test
    void aProbeDecidesAtItsFirstDelta() {
        CountDownLatch end = new CountDownLatch(1);
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request -> request.number() < 20
                ? Script.error(500, "no")
                : request.number() == 20
                        ? exchange -> exchange.stream()
                                .text("slowly")
                                .await(end)
                                .finish("stop")
                                .done()
                        : Script.answer("well")));
        HttpUpstream upstream =
                fixture.upstream(settings -> settings.url(fake.url()).attempts(1), SHORT_OPEN_TIME);
        for (int i = 0; i < 20; i++) {
            failure(upstream);
        }
        Call probe = await().ignoreExceptions()
                .until(() -> upstream.open(fixture.request(), fixture.context("a")), Objects::nonNull);
        try (probe) {
            for (int i = 0; i < 5; i++) {
                assertThat(failure(upstream)).isNull();
            }
            end.countDown();
            assertThat(fixture.text(probe)).isEqualTo("slowly");
        }
    }

    @Test
    void admitsAnotherProbeAfterAnEmptyReply() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request -> request.number() < 20
                ? Script.error(500, "no")
                : request.number() == 20
                        ? exchange -> exchange.stream().finish("stop").done()
                        : Script.answer("well")));
        HttpUpstream upstream =
                fixture.upstream(settings -> settings.url(fake.url()).attempts(1), SHORT_OPEN_TIME);
        for (int i = 0; i < 20; i++) {
            failure(upstream);
        }
        await().until(() -> "The model provider returned an empty reply."
                .equals(failure(upstream).getMessage()));
        assertThat(failure(upstream)).isNull();
    }

    @Test
    void rejectsFailingCallersWhileAProbeIsInFlight() {
        Breaker breaker = new Breaker("main", SHORT_OPEN_TIME, true);
        fail(breaker, "b");
        fail(breaker, 19);
        Breaker.Permit probe = awaitProbe(breaker);
        for (String caller : List.of("a", "b")) {
            UpstreamException rejection =
                    catchThrowableOfType(UpstreamException.class, () -> breaker.admit(new TurnCallState(caller)));
            assertThat(rejection.code()).isEqualTo(ErrorCode.UPSTREAM_UNAVAILABLE);
            assertThat(rejection.retryAfter()).isEqualTo(Duration.ofSeconds(1));
        }
        probe.close();
    }

    /** The probe may take minutes, and its caller may have chosen a request that does. */
    @Test
    void admitsCallersWithoutFailuresAlongsideAProbe() {
        Breaker breaker = new Breaker("main", SHORT_OPEN_TIME, true);
        fail(breaker, 20);
        Breaker.Permit probe = awaitProbe(breaker);

        Breaker.Permit failing = breaker.admit(new TurnCallState("b"));
        assertThat(catchThrowable(() -> breaker.admit(new TurnCallState("b")))) // one at a time
                .isInstanceOf(UpstreamException.class);
        failing.failed(UpstreamErrors.providerFailed("broke", null));
        failing.close();
        assertThat(catchThrowable(() -> breaker.admit(new TurnCallState("b")))).isInstanceOf(UpstreamException.class);
        assertThat(catchThrowable(() -> admit(breaker))).isInstanceOf(UpstreamException.class);
        breaker.admit(new TurnCallState("c")).firstDeltaReceived();

        assertThatCode(() -> admit(breaker).close()).doesNotThrowAnyException();
        probe.close();
        succeed(breaker, 20);
    }

    /**
     * Each letter is a call by the caller of that name; an upper-case one succeeds. The breaker is asked on behalf of the first
     * caller.
     */
    @ParameterizedTest
    @CsvSource({"a,    true", "aB,   false", "ab,   true", "aBC,  false", "abC,  true", "abCD, false", "abcD, true"})
    void opensOnlyIfCallsFailForMostCallers(String callers, boolean opens) {
        Breaker breaker = new Breaker("main", LONG_OPEN_TIME, true);
        for (int i = 0; i < 60; i++) {
            for (String caller : charactersOf(callers)) {
                boolean succeeds = !caller.equals(caller.toLowerCase(Locale.ROOT));
                if (succeeds && i == 0) { // once, before the many failures of the others
                    breaker.admit(new TurnCallState(caller)).succeeded();
                } else if (!succeeds && catchThrowable(() -> breaker.throwIfOpen(caller)) == null) {
                    fail(breaker, caller);
                }
            }
        }
        assertThat(isRejecting(breaker)).isEqualTo(opens);
    }

    private static List<String> charactersOf(String text) {
        return text.chars().mapToObj(Character::toString).toList();
    }

    @Test
    void aCallerWithoutFailuresProbesImmediately() {
        AtomicLong now = new AtomicLong();
        Breaker breaker = new Breaker("main", LONG_OPEN_TIME, true, now::get);
        breaker.admit(new TurnCallState("quiet")).succeeded();
        now.addAndGet(CallerOutcomes.EXPIRY.toNanos());
        fail(breaker, 19); // no other recent caller
        assertThat(isRejecting(breaker)).isTrue();

        breaker.throwIfOpen("quiet");
        breaker.admit(new TurnCallState("quiet")).firstDeltaReceived();
        assertThat(isRejecting(breaker)).isFalse();
        fail(breaker, 100); // for one of two callers
        assertThat(isRejecting(breaker)).isFalse();
    }

    @Test
    void rejectsACallerWhoseProbeFailed() {
        Breaker breaker = new Breaker("main", LONG_OPEN_TIME, true);
        fail(breaker, 20);
        fail(breaker, "b");
        assertThat(catchThrowable(() -> breaker.throwIfOpen("b"))).isInstanceOf(UpstreamException.class);
        assertThat(catchThrowable(() -> breaker.admit(new TurnCallState("b")))).isInstanceOf(UpstreamException.class);
    }

    @Test
    void oneCallersFailuresDoNotAffectAnother() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(
                request -> request.lastMessage().equals("crash") ? Script.error(500, "no") : Script.answer("well")));
        HttpUpstream upstream = fixture.upstream(settings -> settings.url(fake.url()), LONG_OPEN_TIME);
        CallRequest crash = new CallRequest("some-model", List.of(Message.user("crash")), Map.of());
        for (int i = 0; i < 30; i++) {
            try (Call call = upstream.open(fixture.request(), fixture.context("b"))) {
                assertThat(fixture.text(call)).isEqualTo("well");
            }
            assertThat(catchThrowable(() -> upstream.open(crash, fixture.context("a"))))
                    .hasMessage("The model provider failed (500).");
        }
    }

    @Test
    void closesWhenAProbeSucceeds() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(
                request -> request.number() < 20 ? Script.error(500, "no") : Script.answer("well")));
        HttpUpstream upstream =
                fixture.upstream(settings -> settings.url(fake.url()).attempts(1), SHORT_OPEN_TIME);
        for (int i = 0; i < 20; i++) {
            failure(upstream);
        }
        await().until(() -> failure(upstream) == null);
        for (int i = 0; i < 5; i++) {
            assertThat(failure(upstream)).isNull();
        }
    }

    @Test
    void admitsAnotherProbeAfterACancelledOne() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request -> request.number() < 20
                ? Script.reset()
                : request.number() == 20 ? Script.silence() : Script.answer("well")));
        HttpUpstream upstream =
                fixture.upstream(settings -> settings.url(fake.url()).attempts(1), SHORT_OPEN_TIME);
        for (int i = 0; i < 20; i++) {
            failure(upstream);
        }
        Cancellation leaving = new Cancellation();
        CompletableFuture<Void> leaves = CompletableFuture.runAsync(() -> {
            fake.awaitRequests(21);
            leaving.cancel(ErrorCode.CLIENT_DISCONNECTED, "gone");
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
            try (Call call = upstream.open(fixture.request(), new CallContext(cancellation))) {
                fixture.text(call);
            }
        });
    }
}
