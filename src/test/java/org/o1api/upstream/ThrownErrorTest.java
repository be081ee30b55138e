package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.hc.core5.io.CloseMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.o1api.model.Cancellation;
import org.o1api.model.ErrorCode;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.Script;

/** An {@link Error} in one call releases everything: slot, permit, exchange and connection. */
class ThrownErrorTest {
    private static final String DELTA = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n";
    private static final String DONE =
            "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

    private final UpstreamFixture fixture = new UpstreamFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    /** Stands for an OutOfMemoryError. */
    private static final class TestError extends Error {
        private static final long serialVersionUID = 1;

        TestError() {
            super("fault");
        }
    }

    private interface Post {
        Response post(Exchange exchange);
    }

    /** A call in which an error is thrown at one place. */
    private record Case(String name, Post post, Runnable accepted, Runnable spent, LongSupplier clock) {
        Case(String name, Post post) {
            this(name, post, () -> {}, () -> {}, System::nanoTime);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static Response reply(InputStream body) {
        return Response.ok(body).build();
    }

    private static InputStream text(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static InputStream failingStream() {
        return new InputStream() {
            @Override
            public int read() {
                throw new TestError();
            }

            @Override
            public int read(byte[] bytes, int offset, int length) {
                throw new TestError();
            }
        };
    }

    private static void throwError() {
        throw new TestError();
    }

    private static Response failToSend() {
        throw new TestError();
    }

    private static long failToTellTheTime() {
        throw new TestError();
    }

    static List<Case> cases() {
        return List.of(
                new Case(
                        "the breaker's count",
                        exchange -> reply(text(DELTA + DONE)),
                        () -> {},
                        () -> {},
                        ThrownErrorTest::failToTellTheTime),
                new Case("sending", exchange -> failToSend()),
                new Case("sending, wrapped by Jersey", exchange -> {
                    throw new ProcessingException(new TestError());
                }),
                new Case(
                        "the error's body",
                        exchange -> Response.status(500).entity(failingStream()).build()),
                new Case(
                        "accepted",
                        exchange -> reply(text(DELTA + DONE)),
                        ThrownErrorTest::throwError,
                        () -> {},
                        System::nanoTime),
                new Case(
                        "the call's construction",
                        exchange -> Response.ok("no stream").build()),
                new Case("the first delta", exchange -> reply(failingStream())),
                new Case(
                        "spent",
                        exchange -> reply(text(DONE)),
                        () -> {},
                        ThrownErrorTest::throwError,
                        System::nanoTime),
                new Case("a later delta", exchange -> reply(new SequenceInputStream(text(DELTA), failingStream()))),
                new Case("the end", exchange -> reply(new SequenceInputStream(text(DELTA + DONE), failingStream()))));
    }

    private HttpUpstream upstream(Case testCase) {
        UpstreamSettings settings =
                new UpstreamFixture.Settings().concurrency(1).attempts(1).build();
        Breaker breaker = new Breaker("main", Duration.ofMinutes(5), true, testCase.clock());
        Transport transport = new Transport(settings) {
            @Override
            Response post(byte[] body, Map<String, String> moreHeaders, Exchange exchange) {
                return testCase.post().post(exchange);
            }
        };
        return fixture.upstream(settings, breaker, new ProviderProfiles(settings, System::nanoTime), transport);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void releasesEverything(Case testCase) {
        HttpUpstream upstream = upstream(testCase);
        for (int i = 0; i < 3; i++) { // there is one slot
            CallContext context = new CallContext(
                    new Cancellation(),
                    new RetryBudget(0),
                    new TurnCallState("a"),
                    testCase.accepted(),
                    usage -> testCase.spent().run());
            assertThat(catchThrowable(() -> {
                        try (Call call = upstream.open(fixture.request(), context)) {
                            fixture.text(call);
                        }
                    }))
                    .isInstanceOfAny(TestError.class, ClassCastException.class);
            assertThat(upstream.isIdle()).isTrue();
        }
    }

    @Test
    void doesNotCountAgainstTheUpstream() {
        HttpUpstream upstream = upstream(new Case("sending", exchange -> {
            throw new ProcessingException(new TestError());
        }));
        for (int i = 0; i < 30; i++) {
            assertThat(catchThrowable(() -> upstream.open(fixture.request(), new CallContext(new Cancellation()))))
                    .isInstanceOf(TestError.class);
        }
    }

    @Test
    void admitsAnotherProbeAfterAnError() {
        boolean[] down = {true};
        UpstreamSettings settings = new UpstreamFixture.Settings().attempts(1).build();
        Breaker breaker = new Breaker("main", Duration.ofMillis(100), true);
        Transport transport = new Transport(settings) {
            @Override
            Response post(byte[] body, Map<String, String> moreHeaders, Exchange exchange) {
                return down[0] ? failToSend() : reply(text(DELTA + DONE));
            }
        };
        HttpUpstream upstream =
                fixture.upstream(settings, breaker, new ProviderProfiles(settings, System::nanoTime), transport);
        for (int i = 0; i < 20; i++) {
            breaker.admit(new TurnCallState("")).failed(UpstreamErrors.providerFailed("broke", null));
        }
        await().until(() -> catchThrowable(() -> upstream.open(fixture.request(), new CallContext(new Cancellation())))
                instanceof TestError);
        down[0] = false;
        try (Call call = upstream.open(fixture.request(), new CallContext(new Cancellation()))) {
            assertThat(fixture.text(call)).isEqualTo("a");
        }
    }

    @Test
    void cutsTheConnection() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(
                request -> exchange -> exchange.stream().text("a").awaitDisconnect()));
        HttpUpstream upstream =
                fixture.upstream(settings -> settings.url(fake.url()).concurrency(1));
        for (int i = 1; i <= 3; i++) {
            CallContext context = new CallContext(new Cancellation(), new RetryBudget(0), ThrownErrorTest::throwError);
            assertThat(catchThrowable(() -> upstream.open(fixture.request(), context)))
                    .isInstanceOf(TestError.class);
            fake.awaitAborted(i);
        }
        assertThat(upstream.isIdle()).isTrue();
    }

    @Test
    void inACancellationActionDoesNotPreventTheOthers() {
        Cancellation cancellation = new Cancellation();
        int[] run = {0};
        Runnable unused1 = cancellation.onCancel(ThrownErrorTest::throwError);
        Runnable unused2 = cancellation.onCancel(() -> run[0]++);
        Runnable unused3 = cancellation.onCancel(() -> {
            throw new IllegalStateException("test");
        });
        Cancellation child = cancellation.child();
        cancellation.cancel(ErrorCode.CLIENT_DISCONNECTED, "gone");
        assertThat(run[0]).isOne();
        assertThat(child.isCancelled()).isTrue();
        Runnable unused4 = cancellation.onCancel(ThrownErrorTest::throwError); // runs immediately
    }

    @Test
    void inTheTimeoutCheckOfOneCallEndsOnlyThisCall() {
        FakeUpstream fake = fixture.fake(
                FakeUpstream.scripted(exchange -> exchange.stream().text("a").awaitDisconnect()));
        // The idle timeout overflows toNanos, so the check fails once the first delta has been read.
        HttpUpstream broken =
                fixture.upstream(settings -> settings.url(fake.url()).idle(Duration.ofSeconds(Long.MAX_VALUE)));
        try (Call call = broken.open(fixture.request(), new CallContext(new Cancellation()))) {
            assertThat(catchThrowable(() -> fixture.text(call))).isInstanceOf(UpstreamException.class);
        }
        fake.awaitAborted(1);
        assertThat(broken.isIdle()).isTrue();
        // The check continues to run and enforces the next call's timeout.
        FakeUpstream silent = fixture.fake(FakeUpstream.dispatching(request -> Script.silence()));
        HttpUpstream upstream = fixture.upstream(
                settings -> settings.url(silent.url()).attempts(1).firstToken(Duration.ofMillis(100)));
        assertThat(catchThrowable(() -> upstream.open(fixture.request(), new CallContext(new Cancellation()))))
                .hasMessageContaining("timeouts.first_token");
    }

    @Test
    void inTheHttpClientDoesNotCloseAllConnections() throws Exception {
        UpstreamSettings settings = new UpstreamFixture.Settings().build();
        try (UpstreamConnectionPool connections = new UpstreamConnectionPool(settings, () -> {}, () -> false)) {
            connections.close(CloseMode.IMMEDIATE); // as HttpClient does on an Error
            assertThat(connections.isClosed()).isFalse();
            connections.allowClose();
            connections.close(CloseMode.IMMEDIATE);
            assertThat(connections.isClosed()).isTrue();
        }
    }

    @Test
    void inTheWarmUpDoesNotPreventTheStart() {
        UpstreamSettings settings = new UpstreamFixture.Settings().build();
        Transport transport = new Transport(settings) {
            @Override
            void prepare() {
                throwError();
            }
        };
        fixture.upstream(
                        settings,
                        new Breaker("main", Breaker.OPEN_TIME, true),
                        new ProviderProfiles(settings, System::nanoTime),
                        transport)
                .warmUp();
    }

    @Test
    void aCancelledChildIsRemovedFromItsParent() {
        Cancellation parent = new Cancellation();
        for (int i = 0; i < 10; i++) {
            parent.child().cancel(ErrorCode.UPSTREAM_TIMEOUT, "late");
        }
        assertThat(parent.registeredActions()).isZero();
    }
}
