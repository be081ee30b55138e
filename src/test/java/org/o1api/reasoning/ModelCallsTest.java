package org.o1api.reasoning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.o1api.model.Budget;
import org.o1api.model.Cancellation;
import org.o1api.model.CancelledException;
import org.o1api.model.Delta;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Usage;
import org.o1api.reasoning.ScriptedUpstream.Reply;
import org.o1api.upstream.Call;
import org.o1api.upstream.CallContext;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.Upstream;
import org.o1api.upstream.UpstreamException;

class ModelCallsTest {
    private static final CallRequest REQUEST =
            new CallRequest("m", List.of(Message.user("12345678")), Map.of(), Set.of());

    private final Transcript out = new Transcript();
    private final Cancellation cancellation = new Cancellation();

    private ModelCalls modelCalls(ScriptedUpstream upstream, Budget budget) {
        return new ModelCalls(upstream, ScriptedUpstream.TURN, cancellation, budget, out);
    }

    private static void read(Call call) {
        try (call) {
            for (Delta delta : call) {
                assertThat(delta).isNotNull();
            }
        }
    }

    private static Reply replyUsing(long outputTokens) {
        return Reply.of(new Delta.Text("x")).withUsage(new Usage(10, 2, outputTokens, 0));
    }

    @Test
    void reservesOneCallForTheAnswer() {
        ModelCalls calls = modelCalls(
                ScriptedUpstream.answering(replyUsing(1), replyUsing(1)),
                new Budget(3, 1000, Duration.ofMinutes(5), 6));
        assertThat(calls.hasBudgetForStep()).isTrue();
        read(calls.reasoningCall(REQUEST));
        assertThat(calls.hasBudgetForStep()).isTrue();
        read(calls.reasoningCall(REQUEST));
        assertThat(calls.hasBudgetForStep()).isFalse();
        assertThat(calls.usedCalls()).isEqualTo(2);
    }

    @Test
    void allowsNoStepAfterTheTokensAreUsedUp() {
        ModelCalls calls =
                modelCalls(ScriptedUpstream.answering(replyUsing(100)), new Budget(30, 100, Duration.ofMinutes(5), 6));
        read(calls.reasoningCall(REQUEST));
        assertThat(calls.hasBudgetForStep()).isFalse();
    }

    @Test
    void allowsNoStepAfterTheTimeIsUsedUp() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(replyUsing(1), replyUsing(1));
        ModelCalls calls = modelCalls(upstream, Budget.DEFAULT);
        assertThat(calls.hasBudgetForStep()).isTrue();
        calls.expireReasoning();
        assertThat(calls.hasBudgetForStep()).isFalse();
        try (Call none = calls.reasoningCall(REQUEST)) {
            assertThat(none).isEmpty();
            assertThat(none.finishReason()).isEqualTo(FinishReason.LENGTH);
        }
        assertThat(upstream.requests()).isEmpty();
        read(calls.answerCall(REQUEST));
    }

    @Test
    void endsAStepWhenTheReasoningTimeIsUsedUp() {
        Reply reply = Reply.of(new Delta.Reasoning("Hm"), new Delta.Text("never read"));
        ModelCalls calls = modelCalls(ScriptedUpstream.answering(reply), Budget.DEFAULT);
        try (Call call = calls.reasoningCall(REQUEST)) {
            Iterator<Delta> deltas = call.iterator();
            assertThat(deltas.next()).isEqualTo(new Delta.Reasoning("Hm"));
            calls.expireReasoning();
            assertThat(deltas.hasNext()).isFalse();
            assertThat(call.finishReason()).isEqualTo(FinishReason.LENGTH);
        }
        assertThat(calls.usage().reasoningTokens()).isPositive();
    }

    @Test
    void truncatesAStartedAnswerWhenTheTimeIsUsedUp() {
        for (Delta first : List.of(
                new Delta.Text("Be"),
                new Delta.Text("<think>a</think>\nBe"),
                new Delta.Refusal("No"),
                new Delta.Image(new RawJson("{}")),
                new Delta.ToolCall(0, "call_1", "f", ""))) {
            Reply reply = Reply.of(first, new Delta.Text("never read"));
            ModelCalls calls = modelCalls(ScriptedUpstream.answering(reply), Budget.DEFAULT);
            try (Call call = calls.answerCall(REQUEST)) {
                Iterator<Delta> deltas = call.iterator();
                deltas.next();
                calls.expireTurn();
                assertThat(deltas.hasNext()).isFalse();
                assertThat(call.finishReason()).isEqualTo(FinishReason.LENGTH);
            }
        }
    }

    @Test
    void stopsWaitingForARetryWhenTheTimeIsUsedUp() {
        ModelCalls calls = modelCalls(ScriptedUpstream.answering(replyUsing(1)), Budget.DEFAULT);
        calls.expireTurn();
        assertThatThrownBy(() -> calls.awaitRetry(UpstreamException.emptyReply()))
                .isInstanceOfSatisfying(
                        CancelledException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UPSTREAM_TIMEOUT));
    }

    static Stream<Delta> noAnswers() {
        return Stream.of(
                new Delta.Reasoning("Hm"),
                new Delta.Text(" \n"),
                new Delta.Text("\n<think>Hm"),
                new Delta.Text("<think>Hm</think>\n\n"),
                new Delta.Refusal(" "));
    }

    @ParameterizedTest
    @MethodSource("noAnswers")
    void failsWithoutAnAnswerWhenTheTimeIsUsedUp(Delta noAnswer) {
        Reply reply = Reply.of(noAnswer, new Delta.Text("never read"));
        ModelCalls calls = modelCalls(ScriptedUpstream.answering(reply), new Budget(9, 9, Duration.ofMillis(1500), 6));
        try (Call call = calls.answerCall(REQUEST)) {
            Iterator<Delta> deltas = call.iterator();
            deltas.next();
            calls.expireTurn();
            assertThatThrownBy(deltas::hasNext)
                    .isInstanceOfSatisfying(
                            CancelledException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UPSTREAM_TIMEOUT))
                    .hasMessage("The request exceeded its time limit of 1.5 s (budget.time).");
        }
    }

    @Test
    void countsACallThatFailsAtItsEnd() {
        Upstream upstream = new Upstream() {
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
                return new CallThatFailsToClose();
            }

            @Override
            public void close() {}
        };
        ModelCalls calls = new ModelCalls(upstream, ScriptedUpstream.TURN, cancellation, Budget.DEFAULT, out);
        assertThatThrownBy(() -> read(calls.reasoningCall(REQUEST))).isInstanceOf(LinkageError.class);
        assertThat(calls.usage().outputTokens()).isEqualTo(7);
    }

    private static final class CallThatFailsToClose implements Call {
        @Override
        public Iterator<Delta> iterator() {
            return List.<Delta>of(new Delta.Text("x")).iterator();
        }

        @Override
        public FinishReason finishReason() {
            return FinishReason.STOP;
        }

        @Override
        public Usage usage() {
            return new Usage(10, 2, 7, 0);
        }

        @Override
        public void close() {
            throw new LinkageError("fault");
        }
    }

    @Test
    void clientDisconnectIsNotATimeout() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(Reply.of(new Delta.Text("a"), new Delta.Text("b")));
        ModelCalls calls = modelCalls(upstream, Budget.DEFAULT);
        try (Call call = calls.reasoningCall(REQUEST)) {
            Iterator<Delta> deltas = call.iterator();
            deltas.next();
            cancellation.cancel(ErrorCode.CLIENT_DISCONNECTED, "gone");
            calls.expireReasoning();
            assertThatThrownBy(deltas::hasNext).hasMessage("gone");
        }
        assertThatThrownBy(() -> calls.reasoningCall(REQUEST)).hasMessage("gone");
    }

    @ParameterizedTest
    @CsvSource({"PT5M, PT3M45S", "PT40S, PT30S", "PT30S, PT20S", "PT20S, PT10S", "PT10S, PT5S", "PT1S, PT0.5S"})
    void reservesAQuarterOfTheTimeForTheAnswer(Duration time, Duration reasoningTime) {
        assertThat(new Budget(30, 100, time, 6).reasoningTime()).isEqualTo(reasoningTime);
    }

    @Test
    void countsStepsAsReasoningAndAnswersAsReported() {
        Reply answer = Reply.of(new Delta.Text("x")).withUsage(new Usage(20, 10, 8, 3));
        ModelCalls calls = modelCalls(ScriptedUpstream.answering(replyUsing(5), answer), Budget.DEFAULT);
        read(calls.reasoningCall(REQUEST));
        read(calls.answerCall(REQUEST));
        assertThat(calls.usage()).isEqualTo(new Usage(30, 12, 13, 8));
    }

    @Test
    void countsReasoningThatTheUpstreamDoesNotReport() {
        Reply answer = Reply.of(new Delta.Reasoning("hello world"), new Delta.Text("x"));
        ModelCalls calls = modelCalls(
                ScriptedUpstream.answering(
                        answer.withUsage(new Usage(20, 0, 8, 0)),
                        answer.withUsage(new Usage(20, 0, 8, 5)),
                        answer.withUsage(new Usage(20, 0, 1, 0))),
                Budget.DEFAULT);
        read(calls.answerCall(REQUEST));
        assertThat(calls.usage()).isEqualTo(new Usage(20, 0, 8, 2));
        read(calls.answerCall(REQUEST));
        assertThat(calls.usage()).isEqualTo(new Usage(40, 0, 16, 2 + 5));
        read(calls.answerCall(REQUEST));
        assertThat(calls.usage()).isEqualTo(new Usage(60, 0, 17, 2 + 5 + 1));
    }

    @Test
    void countsAThinkBlockAsReasoning() {
        Reply answer = Reply.of(new Delta.Text(" <think>hello"), new Delta.Text(" world</think>hello"));
        ModelCalls calls = modelCalls(
                ScriptedUpstream.answering(
                        answer,
                        answer.withUsage(new Usage(20, 0, 18, 0)),
                        Reply.of(new Delta.Text("<think>hello")).withUsage(new Usage(20, 0, 4, 0))),
                Budget.DEFAULT);
        read(calls.answerCall(REQUEST));
        long reasoningTokens = calls.usage().reasoningTokens();
        assertThat(reasoningTokens).isGreaterThan(2).isEqualTo(calls.usage().outputTokens() - 1);
        read(calls.answerCall(REQUEST));
        assertThat(calls.usage().reasoningTokens()).isEqualTo(2 * reasoningTokens);
        read(calls.answerCall(REQUEST));
        assertThat(calls.usage().reasoningTokens()).isEqualTo(2 * reasoningTokens + 4);
    }

    @Test
    void countsACallOnceIfItIsClosedTwice() {
        ModelCalls calls = modelCalls(ScriptedUpstream.answering(replyUsing(5)), Budget.DEFAULT);
        Call call = calls.reasoningCall(REQUEST);
        call.close();
        call.close();
        assertThat(calls.usage()).isEqualTo(new Usage(10, 2, 5, 5));
    }

    @Test
    void countsWhatWasReadIfTheUpstreamReportsNothing() {
        Reply reply =
                Reply.of(new Delta.Reasoning("hello world"), new Delta.Text("hello"), new Delta.Text("never read"));
        ModelCalls calls = modelCalls(ScriptedUpstream.answering(reply), Budget.DEFAULT);
        CallRequest request = new CallRequest("model", List.of(Message.user("hello world")), Map.of());
        try (Call call = calls.answerCall(request)) {
            Iterator<Delta> deltas = call.iterator();
            deltas.next();
            deltas.next();
        }
        assertThat(calls.usage()).isEqualTo(new Usage(3 + 3 + 2, 0, 1 + 2, 2));
    }

    @Test
    void countsFailedAttempts() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(replyUsing(5), replyUsing(6))
                .withFailedAttempts(new Usage(20, 1, 7, 0), Usage.NONE);
        ModelCalls calls = modelCalls(upstream, Budget.DEFAULT);
        CallRequest request = new CallRequest("model", List.of(Message.user("hello world")), Map.of());
        read(calls.reasoningCall(request));
        assertThat(calls.usage()).isEqualTo(new Usage(10 + 20 + 3 + 3 + 2, 2 + 1, 5 + 7, 5 + 7));
        read(calls.answerCall(request));
        assertThat(calls.usage()).isEqualTo(new Usage(2 * (10 + 20 + 3 + 3 + 2), 2 * (2 + 1), 5 + 7 + 6 + 7, 5 + 7));
    }

    @Test
    void flushesBeforeWaitingForADelta() {
        ScriptedUpstream upstream = ScriptedUpstream.withJournal(
                out.events(), Reply.of(new Delta.Text("a"), new Delta.Text("b")).withFinishReason(FinishReason.LENGTH));
        Call call = modelCalls(upstream, Budget.DEFAULT).answerCall(REQUEST);
        read(call);
        assertThat(out.events())
                .containsExactly("flush", "open", "accepted", "flush", "pull", "flush", "pull", "flush", "close");
        assertThat(call.finishReason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void reportsAcceptedOnce() {
        ModelCalls calls = modelCalls(ScriptedUpstream.answering(replyUsing(1), replyUsing(1)), Budget.DEFAULT);
        read(calls.reasoningCall(REQUEST));
        read(calls.answerCall(REQUEST));
        assertThat(out.events()).containsOnlyOnce("accepted");
    }

    @Test
    void makesNoCallAfterCancellation() {
        ScriptedUpstream upstream = ScriptedUpstream.answering("x");
        ModelCalls calls = modelCalls(upstream, Budget.DEFAULT);
        cancellation.cancel(ErrorCode.CLIENT_DISCONNECTED, "gone");
        assertThatThrownBy(() -> calls.reasoningCall(REQUEST))
                .isInstanceOfSatisfying(
                        CancelledException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLIENT_DISCONNECTED));
        assertThat(upstream.requests()).isEmpty();
    }
}
