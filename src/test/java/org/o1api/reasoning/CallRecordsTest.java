package org.o1api.reasoning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.o1api.model.Budget;
import org.o1api.model.CallRecord;
import org.o1api.model.CallRecord.Purpose;
import org.o1api.model.CallRecord.State;
import org.o1api.model.Cancellation;
import org.o1api.model.Delta;
import org.o1api.model.ErrorCode;
import org.o1api.model.Message;
import org.o1api.model.TurnLedger;
import org.o1api.model.Usage;
import org.o1api.reasoning.ScriptedUpstream.Reply;
import org.o1api.upstream.Call;
import org.o1api.upstream.CallContext;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.Upstream;
import org.o1api.upstream.UpstreamException;

/** What the ledger records of a single call, for each way in which the call can end. */
class CallRecordsTest {
    private static final CallRequest REQUEST = new CallRequest("m", List.of(Message.user("hello world")), Map.of());
    /** The input tokens that the gateway counts for that request. */
    private static final long PROMPT = 3 + 3 + 2;

    private static final Usage USED = new Usage(10, 2, 1, 5, 3);

    private final Cancellation cancellation = new Cancellation();
    private final TurnLedger ledger = new TurnLedger();

    private ModelCalls calls(Upstream upstream) {
        return new ModelCalls(
                upstream,
                ScriptedUpstream.TURN,
                cancellation,
                new Budget(30, 1000, Duration.ofMinutes(5), 6),
                new Transcript(),
                ledger,
                Runnable::run);
    }

    private static Call open(ModelCalls calls, Purpose purpose) {
        return purpose == Purpose.STEP ? calls.reasoningCall(REQUEST) : calls.answerCall(REQUEST);
    }

    private static void read(Call call) {
        try (call) {
            for (Delta delta : call) {
                assertThat(delta).isNotNull();
            }
        }
    }

    private CallRecord only() {
        assertThat(ledger.records()).hasSize(1);
        return ledger.records().get(0);
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"SAMPLE", "JUDGE"})
    void recordsACompletedCall(Purpose purpose) {
        Reply reply = Reply.of(new Delta.Text("x")).withUsage(USED);
        read(open(
                calls(ScriptedUpstream.answering(reply).withFailedAttempts(new Usage(4, 0, 3, 0), Usage.NONE)),
                purpose));
        assertThat(only())
                .isEqualTo(new CallRecord(
                        purpose, "scripted", "m", 3, USED, new Usage(4 + PROMPT, 0, 3, 0), State.COMPLETED, true));
    }

    /** A provider whose reply is cancelled does not report usage. */
    @Test
    void countsAStepThatTheStrategyClosed() {
        Reply reply = Reply.of(new Delta.Text("hello world"), new Delta.Text("never read"));
        try (Call call = calls(ScriptedUpstream.answering(reply)).reasoningCall(REQUEST)) {
            call.iterator().next();
        }
        assertThat(only().state()).isEqualTo(State.CANCELLED);
        assertThat(only().shown()).isTrue();
        assertThat(only().usage()).isEqualTo(new Usage(PROMPT, 0, 2, 0));
        assertThat(ledger.answerUsage()).isEqualTo(new Usage(PROMPT, 0, 2, 2));
    }

    @Test
    void countsAStepThatRanOutOfTime() {
        ModelCalls calls = calls(ScriptedUpstream.answering(Reply.of(new Delta.Text("hello"), new Delta.Text("x"))));
        try (Call call = calls.reasoningCall(REQUEST)) {
            Iterator<Delta> deltas = call.iterator();
            deltas.next();
            calls.expireReasoning();
            assertThat(deltas.hasNext()).isFalse();
        }
        assertThat(only().state()).isEqualTo(State.CANCELLED);
        assertThat(ledger.totalUsage()).isEqualTo(new Usage(PROMPT, 0, 1, 1));
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"SAMPLE", "JUDGE"})
    void countsACallOfADisconnectedClient(Purpose purpose) {
        Call call = open(
                calls(ScriptedUpstream.answering(Reply.of(new Delta.Text("hello"), new Delta.Text("x")))), purpose);
        Iterator<Delta> deltas = call.iterator();
        deltas.next();
        cancellation.cancel(ErrorCode.CLIENT_DISCONNECTED, "gone");
        assertThatThrownBy(deltas::hasNext).hasMessage("gone");
        call.close();
        assertThat(only().state()).isEqualTo(State.CANCELLED);
        assertThat(ledger.totalUsage().outputTokens()).isEqualTo(2); // estimated, because nothing waits for the count
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"SAMPLE", "JUDGE"})
    void countsARepeatedCallInTheTotalsOnly(Purpose purpose) {
        Reply brokenOff = Reply.of(new Delta.Text("Half")).withUsage(new Usage(9, 0, 4, 0));
        ModelCalls calls = calls(ScriptedUpstream.answering(
                brokenOff.brokenOff(true), Reply.of(new Delta.Text("x")).withUsage(new Usage(10, 0, 5, 0))));
        assertThatThrownBy(() -> read(open(calls, purpose)))
                .isInstanceOfSatisfying(
                        UpstreamException.class,
                        e -> assertThat(calls.awaitRetry(e)).isTrue());
        read(open(calls, purpose));
        assertThat(ledger.records()).extracting(CallRecord::state).containsExactly(State.FAILED, State.COMPLETED);
        assertThat(ledger.records()).extracting(CallRecord::shown).containsExactly(false, true);
        assertThat(ledger.answerUsage().inputTokens()).isEqualTo(10);
        assertThat(ledger.answerUsage().outputTokens()).isEqualTo(5);
        assertThat(ledger.totalUsage().inputTokens()).isEqualTo(19);
        assertThat(ledger.totalUsage().outputTokens()).isEqualTo(9);
        assertThat(ledger.calls()).isEqualTo(2);
        assertThat(calls.usedCalls()).isOne();
    }

    @ParameterizedTest
    @CsvSource({"0, 7, 8, 7", "6, 0, 6, 1", "0, 0, 8, 1", "6, 7, 6, 7"})
    void countsTheTokensThatTheProviderDoesNotReport(long input, long output, long inputCounted, long outputCounted) {
        Reply reply = Reply.of(new Delta.Text("hello")).withUsage(new Usage(input, 0, output, 0));
        read(calls(ScriptedUpstream.answering(reply)).answerCall(REQUEST));
        assertThat(only().usage()).isEqualTo(new Usage(inputCounted, 0, outputCounted, 0));
    }

    private static Upstream failing(Consumer<CallContext> before) {
        return new Upstream() {
            @Override
            public String name() {
                return "failing";
            }

            @Override
            public List<String> names() {
                return List.of(name());
            }

            @Override
            public Call open(CallRequest request, CallContext context) {
                before.accept(context);
                throw new UpstreamException(ErrorCode.UPSTREAM_FAILED, "It failed.", false, null);
            }

            @Override
            public void close() {}
        };
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"SAMPLE", "JUDGE"})
    void recordsACallWithoutARequest(Purpose purpose) {
        ModelCalls calls = calls(failing(context -> {}));
        assertThatThrownBy(() -> open(calls, purpose)).hasMessage("It failed.");
        assertThat(only())
                .isEqualTo(new CallRecord(purpose, "failing", "m", 0, Usage.NONE, Usage.NONE, State.FAILED, false));
    }

    @Test
    void recordsTheUsageOfACallWithoutAReply() {
        ModelCalls calls = calls(failing(context -> {
            context.attemptListener().onRequestSent("spare", "other");
            context.attemptListener().onFailedAttemptUsage(new Usage(5, 0, 3, 0));
        }));
        assertThatThrownBy(() -> calls.reasoningCall(REQUEST)).hasMessage("It failed.");
        assertThat(only())
                .isEqualTo(new CallRecord(
                        Purpose.STEP, "spare", "other", 1, Usage.NONE, new Usage(5, 0, 3, 0), State.FAILED, false));
        assertThat(ledger.totalUsage()).isEqualTo(new Usage(5, 0, 3, 3));
        assertThat(ledger.answerUsage()).isEqualTo(Usage.NONE);
    }

    @Test
    void recordsACallThatTimedOutBeforeItsReply() {
        ModelCalls[] calls = new ModelCalls[1];
        calls[0] = calls(failing(context -> {
            context.attemptListener().onRequestSent("main", "m");
            calls[0].expireReasoning();
        }));
        try (Call call = calls[0].reasoningCall(REQUEST)) {
            assertThat(call).isEmpty();
        }
        assertThat(only())
                .isEqualTo(
                        new CallRecord(Purpose.STEP, "main", "m", 1, Usage.NONE, Usage.NONE, State.CANCELLED, false));
    }

    @Test
    void recordsNoCallWithoutTimeLeft() {
        ModelCalls calls = calls(ScriptedUpstream.answering("x"));
        calls.expireReasoning();
        read(calls.reasoningCall(REQUEST));
        assertThat(ledger.records()).isEmpty();
    }
}
