package org.o1api.reasoning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.o1api.reasoning.ConcurrentFixture.sample;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.o1api.model.CallRecord;
import org.o1api.model.Delta;

/** Concurrent calls that send nothing. */
class ConcurrentSilenceTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final ConcurrentFixture fixture = new ConcurrentFixture();
    private final ControlledUpstream upstream = fixture.upstream;
    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1); // nanoTime may overflow
    private final ConcurrentCalls calls = fixture.calls(clock::get).concurrent();

    /** The requests of both calls are sent, and the first piece of the second call has arrived. */
    @BeforeEach
    void start() throws InterruptedException {
        calls.start(sample("a"));
        upstream.call("a").awaitOpened();
        calls.start(sample("b"));
        upstream.call("b").text("x");
        assertThat(calls.next(LIMIT)).isInstanceOf(CallEvent.Piece.class);
    }

    @AfterEach
    void close() {
        calls.close();
        fixture.close();
    }

    private void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }

    @Test
    void aCallThatSendsNothingIsCancelledWhenNoOtherOneIsRead() {
        pass(LIMIT.multipliedBy(2));
        upstream.call("b").text("y").finish();
        assertThat(calls.next(LIMIT)).isEqualTo(new CallEvent.Piece(1, new Delta.Text("y")));
        assertThat(calls.next(LIMIT)).isInstanceOf(CallEvent.Ended.class);

        assertThat(calls.next(LIMIT)).isEqualTo(new CallEvent.Silent(0));

        assertThat(calls.next(LIMIT)).isNull();
        fixture.awaitIdle();
        calls.close();
        assertThat(fixture.ledger.records())
                .extracting(CallRecord::state)
                .containsExactlyInAnyOrder(CallRecord.State.COMPLETED, CallRecord.State.CANCELLED);
    }

    @Test
    void aCallGoesOnIfItSendsSomethingInTime() {
        upstream.call("b").finish();
        assertThat(calls.next(LIMIT)).isInstanceOf(CallEvent.Ended.class);
        pass(LIMIT.minusNanos(1));
        upstream.call("a").text("x");
        assertThat(calls.next(LIMIT)).isEqualTo(new CallEvent.Piece(0, new Delta.Text("x")));

        pass(LIMIT.multipliedBy(2));
        upstream.call("a").finish();
        assertThat(calls.next(LIMIT)).isInstanceOf(CallEvent.Ended.class);
    }

    /** A call that waits for a slot of the provider is not silent. */
    @Test
    void theTimeOfACallCountsFromItsRequest() {
        assertThat(calls.age(1)).isZero();
        pass(LIMIT);
        assertThat(calls.age(1)).isEqualTo(LIMIT);

        calls.start(sample("c"));
        assertThat(calls.age(2)).isZero();
        pass(LIMIT);
        upstream.call("c").text("x");
        assertThat(calls.next(LIMIT)).isEqualTo(new CallEvent.Piece(2, new Delta.Text("x")));
        assertThat(calls.age(2)).isZero();
    }
}
