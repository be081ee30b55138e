package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.o1api.model.Cancellation;
import org.o1api.model.CancelledException;
import org.o1api.model.Delta;
import org.o1api.model.ErrorCode;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.Script;
import org.o1api.testing.UnreachableServer;

/** Calls that end early: by cancellation, by a timeout, or because the upstream is closed. */
class UpstreamCancelTest {
    private final UpstreamFixture fixture = new UpstreamFixture();
    private final ExecutorService callers = Executors.newCachedThreadPool();
    private final Cancellation cancellation = new Cancellation();
    private final CountDownLatch started = new CountDownLatch(1);

    @AfterEach
    void close() {
        fixture.close();
        callers.shutdownNow();
    }

    @Test
    void cancelsWhileItWaitsForAConnectionOfThePool() {
        FakeUpstream fake = fixture.fake(FakeUpstream.scripted(
                exchange -> exchange.stream().text("a").awaitDisconnect(), Script.answer("next")));
        HttpUpstream upstream =
                fixture.upstream(settings -> settings.url(fake.url()).concurrency(1));
        Call holder = upstream.open(fixture.request(), new CallContext(new Cancellation()));
        CompletableFuture<Throwable> waiting = call(upstream);
        await().until(() -> blocked());
        assertCancelled(waiting);
        holder.close();
        try (Call next = upstream.open(fixture.request(), new CallContext(new Cancellation()))) {
            assertThat(fixture.text(next)).isEqualTo("next");
        }
        assertThat(fake.requests()).hasSize(2);
    }

    @Test
    void cancelsWhileItConnects() throws IOException {
        try (UnreachableServer server = new UnreachableServer()) {
            HttpUpstream upstream = fixture.upstream(settings -> settings.url(server.url()));
            CompletableFuture<Throwable> connecting = call(upstream);
            await().until(() -> blocked());
            assertCancelled(connecting);
        }
    }

    @Test
    void cancelsWhileItWaitsForHeaders() {
        assertCancelFrees(Script.silence());
    }

    @Test
    void cancelsWhileItWaitsForTheFirstDelta() {
        assertCancelFrees(exchange -> exchange.stream().body(": wait\n\n").awaitDisconnect());
    }

    @Test
    void cancelsInASilentStream() {
        assertCancelFrees(exchange -> exchange.stream().text("a").awaitDisconnect());
    }

    @Test
    void cancelsInAFlowingStream() {
        assertCancelFrees(exchange -> {
            exchange.stream();
            while (true) {
                exchange.text("more ");
            }
        });
    }

    @Test
    void cancelsInARetryWait() {
        FakeUpstream fake = fixture.fake(FakeUpstream.scripted(Script.error(429, "slow", "Retry-After: 9")));
        CompletableFuture<Throwable> waiting = call(fixture.upstream(fake));
        fake.awaitEnded(1);
        assertCancelled(waiting);
        assertThat(fake.requests()).hasSize(1);
    }

    @Test
    void makesNoCallIfAlreadyCancelled() {
        FakeUpstream fake = fixture.fake(FakeUpstream.answering("never"));
        cancellation.cancel(ErrorCode.CLIENT_DISCONNECTED, "gone");
        assertThat(call(fixture.upstream(fake)).join()).hasMessage("gone");
        assertThat(fake.requests()).isEmpty();
    }

    @Test
    void closingTheUpstreamEndsItsCalls() {
        FakeUpstream fake = fixture.fake(FakeUpstream.scripted(Script.silence()));
        HttpUpstream upstream = fixture.upstream(fake);
        CompletableFuture<Throwable> waiting = call(upstream);
        fake.awaitRequests(1);
        upstream.close();
        assertThat(((UpstreamException) waiting.join()).code()).isEqualTo(ErrorCode.SHUTTING_DOWN);
        assertThat(((UpstreamException) call(upstream).join()).code()).isEqualTo(ErrorCode.SHUTTING_DOWN);
    }

    @Test
    void retriesAConnectTimeoutAndThenNamesTheKey() throws IOException {
        try (UnreachableServer server = new UnreachableServer()) {
            UpstreamException failure = timeoutFailure(
                    settings -> settings.url(server.url())
                            .connect(Duration.ofMillis(300))
                            .attempts(2),
                    600);
            assertThat(failure.code()).isEqualTo(ErrorCode.UPSTREAM_TIMEOUT);
            assertThat(failure)
                    .hasMessage("The model provider could not be reached within 300 ms"
                            + " (upstreams.*.timeouts.connect).");
        }
    }

    @Test
    void aMissingFirstDeltaNamesItsTimeout() {
        FakeUpstream fake = fixture.fake(FakeUpstream.scripted(
                exchange -> exchange.stream().body(": wait\n\n").awaitDisconnect()));
        UpstreamException failure =
                timeoutFailure(settings -> settings.url(fake.url()).firstToken(Duration.ofMillis(700)), 700);
        assertThat(failure)
                .hasMessage("The model provider sent nothing for 700 ms (upstreams.*.timeouts.first_token).");
        assertThat(failure.code()).isEqualTo(ErrorCode.UPSTREAM_TIMEOUT);
        fake.awaitAborted(1);
        assertThat(fake.requests()).hasSize(1);
    }

    @Test
    void headersDoNotExtendTheFirstTokenTimeout() {
        UpstreamSettings settings = new UpstreamFixture.Settings().build();
        Exchange exchange = new Exchange(settings, System.nanoTime());
        exchange.connected(false);
        long connected = System.nanoTime();
        while (System.nanoTime() == connected) {
            Thread.onSpinWait();
        }
        exchange.startWaiting(Exchange.WaitingFor.FIRST_DELTA); // the headers have arrived
        exchange.enforceTimeouts(connected + settings.timeouts().firstToken().toNanos());
        assertThat(exchange.abortReason()).hasMessageContaining("timeouts.first_token");
    }

    @Test
    void aSilentStreamNamesItsTimeout() {
        FakeUpstream fake = fixture.fake(
                FakeUpstream.scripted(exchange -> exchange.stream().text("a").awaitDisconnect()));
        UpstreamException failure =
                timeoutFailure(settings -> settings.url(fake.url()).idle(Duration.ofSeconds(1)), 1000);
        assertThat(failure).hasMessage("The model provider sent nothing for 1 s (upstreams.*.timeouts.idle).");
        assertThat(failure.retryable()).isTrue();
        fake.awaitAborted(1);
    }

    @Test
    void bytesWithoutDeltasCountAsSilence() {
        FakeUpstream fake = fixture.fake(FakeUpstream.scripted(exchange -> {
            exchange.stream().text("a");
            while (true) {
                exchange.body("x");
                new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS);
            }
        }));
        assertThat(timeoutFailure(settings -> settings.url(fake.url()).idle(Duration.ofMillis(500)), 500))
                .hasMessageContaining("timeouts.idle");
        fake.awaitAborted(1);
    }

    @Test
    void aStreamThatNeverEndsNamesItsTimeout() {
        FakeUpstream fake = fixture.fake(FakeUpstream.scripted(exchange -> {
            exchange.stream();
            while (true) {
                exchange.text("more ");
                new CountDownLatch(1).await(20, TimeUnit.MILLISECONDS);
            }
        }));
        UpstreamException failure =
                timeoutFailure(settings -> settings.url(fake.url()).call(Duration.ofSeconds(1)), 1000);
        assertThat(failure)
                .hasMessage("The model provider took longer than 1 s for one call (upstreams.*.timeouts.call).");
        assertThat(failure.retryable()).isFalse();
    }

    @Test
    void aSlowReaderDoesNotCauseAnIdleTimeout() {
        CountDownLatch rest = new CountDownLatch(1);
        FakeUpstream fake = fixture.fake(FakeUpstream.scripted(exchange ->
                exchange.stream().text("a").await(rest).text("b").finish("stop").done()));
        HttpUpstream upstream =
                fixture.upstream(settings -> settings.url(fake.url()).idle(Duration.ofMillis(300)));
        try (Call call = upstream.open(fixture.request(), new CallContext(cancellation))) {
            List<Delta> deltas = new ArrayList<>();
            for (Delta delta : call) {
                deltas.add(delta);
                if (deltas.size() == 1) {
                    cancellation.sleep(Duration.ofMillis(600)); // a client that does not read
                    rest.countDown();
                }
            }
            assertThat(deltas).hasSize(2);
        }
    }

    @Test
    void aStreamThatStaysOpenAfterItsFinishReasonIsComplete() {
        FakeUpstream fake = fixture.fake(FakeUpstream.scripted(exchange ->
                exchange.stream().text("a").finish("stop").usage(1, 1).awaitDisconnect()));
        try (Call call = fixture.upstream(fake).open(fixture.request(), new CallContext(cancellation))) {
            assertThat(fixture.text(call)).isEqualTo("a");
        }
    }

    @Test
    void aStreamThatStaysOpenAfterDoneCausesNoDelay() {
        FakeUpstream fake = fixture.fake(FakeUpstream.scripted(exchange ->
                exchange.stream().text("a").finish("stop").event("[DONE]").awaitDisconnect()));
        try (Call call = fixture.upstream(fake).open(fixture.request(), new CallContext(cancellation))) {
            assertThat(fixture.text(call)).isEqualTo("a");
        }
        fake.awaitAborted(1); // without waiting for an end that never comes
    }

    private void assertCancelFrees(Script script) {
        FakeUpstream fake = fixture.fake(
                FakeUpstream.dispatching(request -> request.number() == 0 ? script : Script.answer("next")));
        HttpUpstream upstream =
                fixture.upstream(settings -> settings.url(fake.url()).concurrency(1));
        CompletableFuture<Throwable> calling = call(upstream);
        fake.awaitRequests(1);
        await().until(() -> blocked());
        assertCancelled(calling);
        fake.awaitAborted(1);
        try (Call next = upstream.open(fixture.request(), new CallContext(new Cancellation()))) {
            assertThat(fixture.text(next)).isEqualTo("next");
        }
    }

    /** Makes a call on its own thread and reads all of it; the future completes with the failure. */
    private CompletableFuture<Throwable> call(HttpUpstream upstream) {
        return CompletableFuture.supplyAsync(
                () -> catchThrowable(() -> {
                    caller = Thread.currentThread();
                    started.countDown();
                    try (Call call = upstream.open(fixture.request(), new CallContext(cancellation))) {
                        call.forEach(delta -> {});
                    }
                }),
                callers);
    }

    private volatile Thread caller = Thread.currentThread();

    /** Whether the caller is waiting, for a lock or the network. */
    private boolean blocked() throws InterruptedException {
        started.await();
        for (StackTraceElement frame : caller.getStackTrace()) {
            if (frame.getMethodName().equals("park")
                    || frame.getMethodName().equals("connect")
                    || frame.getClassName().equals(CoalescingChunkedInputStream.class.getName())
                    || frame.getMethodName().equals("receiveResponseHeader")) {
                return true;
            }
        }
        return false;
    }

    private void assertCancelled(CompletableFuture<Throwable> calling) {
        cancellation.cancel(ErrorCode.CLIENT_DISCONNECTED, "The client left.");
        Throwable failure = calling.orTimeout(10, TimeUnit.SECONDS).join();
        assertThat(failure).isInstanceOf(CancelledException.class).hasMessage("The client left.");
        assertThat(((CancelledException) failure).code()).isEqualTo(ErrorCode.CLIENT_DISCONNECTED);
    }

    /** Reads a call until a timeout ends it, which must take at least the given time. */
    private UpstreamException timeoutFailure(UnaryOperator<UpstreamFixture.Settings> change, long minMillis) {
        HttpUpstream upstream = fixture.upstream(change);
        long start = System.nanoTime();
        UpstreamException failure = catchThrowableOfType(UpstreamException.class, () -> {
            try (Call call = upstream.open(fixture.request(), new CallContext(cancellation))) {
                call.forEach(delta -> {});
            }
        });
        assertThat((System.nanoTime() - start) / 1_000_000).isGreaterThanOrEqualTo(minMillis);
        return failure;
    }
}
