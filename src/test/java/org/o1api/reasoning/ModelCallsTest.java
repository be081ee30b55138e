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

    private ModelCalls thinker(ScriptedUpstream upstream, Preset.Budget budget) {
        return new ModelCalls(upstream, "team-a", cancellation, budget, out);
    }

    private static void read(Call call) {
        try (call) {
            for (Delta delta : call) {
                assertThat(delta).isNotNull();
            }
        }
    }

    private static Reply using(long outputTokens) {
        return Reply.of(new Delta.Text("x")).withUsage(new Usage(10, 2, outputTokens, 0));
    }

    @Test
    void keepsOneCallOfTheBudgetForTheAnswer() {
        ModelCalls thinker = thinker(
                ScriptedUpstream.answering(using(1), using(1)), new Preset.Budget(3, 1000, Duration.ofMinutes(5), 6));
        assertThat(thinker.hasBudgetForStep()).isTrue();
        read(thinker.reasoningCall(REQUEST));
        assertThat(thinker.hasBudgetForStep()).isTrue();
        read(thinker.reasoningCall(REQUEST));
        assertThat(thinker.hasBudgetForStep()).isFalse();
        assertThat(thinker.usedCalls()).isEqualTo(2);
    }

    @Test
    void stopsThinkingWhenTheTokensAreUsedUp() {
        ModelCalls thinker =
                thinker(ScriptedUpstream.answering(using(100)), new Preset.Budget(30, 100, Duration.ofMinutes(5), 6));
        read(thinker.reasoningCall(REQUEST));
        assertThat(thinker.hasBudgetForStep()).isFalse();
    }

    @Test
    void stopsThinkingWhenTheTimeIsUsedUp() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(using(1), using(1));
        ModelCalls thinker = thinker(upstream, Preset.Budget.DEFAULT);
        assertThat(thinker.hasBudgetForStep()).isTrue();
        thinker.expireReasoning();
        assertThat(thinker.hasBudgetForStep()).isFalse();
        try (Call none = thinker.reasoningCall(REQUEST)) {
            assertThat(none).isEmpty();
            assertThat(none.finishReason()).isEqualTo(FinishReason.LENGTH);
        }
        assertThat(upstream.requests()).isEmpty();
        read(thinker.answerCall(REQUEST));
    }

    @Test
    void endsAThoughtWithTheTimeForThinkingAndKeepsWhatItHas() {
        Reply reply = Reply.of(new Delta.Reasoning("Hm"), new Delta.Text("never read"));
        ModelCalls thinker = thinker(ScriptedUpstream.answering(reply), Preset.Budget.DEFAULT);
        try (Call call = thinker.reasoningCall(REQUEST)) {
            Iterator<Delta> deltas = call.iterator();
            assertThat(deltas.next()).isEqualTo(new Delta.Reasoning("Hm"));
            thinker.expireReasoning();
            assertThat(deltas.hasNext()).isFalse();
            assertThat(call.finishReason()).isEqualTo(FinishReason.LENGTH);
        }
        assertThat(thinker.usage().reasoningTokens()).isPositive();
    }

    @Test
    void endsAnAnswerThatHasBegunWithTheTurnsTime() {
        for (Delta begin : List.of(
                new Delta.Text("Be"),
                new Delta.Text("<think>a</think>\nBe"),
                new Delta.Refusal("No"),
                new Delta.Image(new RawJson("{}")),
                new Delta.ToolCall(0, "call_1", "f", ""))) {
            Reply reply = Reply.of(begin, new Delta.Text("never read"));
            ModelCalls thinker = thinker(ScriptedUpstream.answering(reply), Preset.Budget.DEFAULT);
            try (Call call = thinker.answerCall(REQUEST)) {
                Iterator<Delta> deltas = call.iterator();
                deltas.next();
                thinker.expireTurn();
                assertThat(deltas.hasNext()).isFalse();
                assertThat(call.finishReason()).isEqualTo(FinishReason.LENGTH);
            }
        }
    }

    @Test
    void waitsForARetryNoLongerThanTheTurnLasts() {
        ModelCalls thinker = thinker(ScriptedUpstream.answering(using(1)), Preset.Budget.DEFAULT);
        thinker.expireTurn();
        assertThatThrownBy(() -> thinker.awaitRetry(UpstreamException.emptyReply()))
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
    void failsAnAnswerThatHasNotBegunWithTheTurnsTime(Delta noAnswer) {
        Reply reply = Reply.of(noAnswer, new Delta.Text("never read"));
        ModelCalls thinker =
                thinker(ScriptedUpstream.answering(reply), new Preset.Budget(9, 9, Duration.ofMillis(1500), 6));
        try (Call call = thinker.answerCall(REQUEST)) {
            Iterator<Delta> deltas = call.iterator();
            deltas.next();
            thinker.expireTurn();
            assertThatThrownBy(deltas::hasNext)
                    .isInstanceOfSatisfying(
                            CancelledException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UPSTREAM_TIMEOUT))
                    .hasMessage("The request exceeded its time limit of 1.5 s (budget.time).");
        }
    }

    @Test
    void countsACallWhoseEndFails() {
        Upstream upstream = new Upstream() {
            @Override
            public String name() {
                return "failing";
            }

            @Override
            public Call open(CallRequest request, CallContext terms) {
                return new CallThatFailsToClose();
            }

            @Override
            public void close() {}
        };
        ModelCalls thinker = new ModelCalls(upstream, "team-a", cancellation, Preset.Budget.DEFAULT, out);
        assertThatThrownBy(() -> read(thinker.reasoningCall(REQUEST))).isInstanceOf(LinkageError.class);
        assertThat(thinker.usage().outputTokens()).isEqualTo(7);
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
    void aClientThatLeftIsNoEndOfTime() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(Reply.of(new Delta.Text("a"), new Delta.Text("b")));
        ModelCalls thinker = thinker(upstream, Preset.Budget.DEFAULT);
        try (Call call = thinker.reasoningCall(REQUEST)) {
            Iterator<Delta> deltas = call.iterator();
            deltas.next();
            cancellation.cancel(ErrorCode.CLIENT_LEFT, "gone");
            thinker.expireReasoning();
            assertThatThrownBy(deltas::hasNext).hasMessage("gone");
        }
        assertThatThrownBy(() -> thinker.reasoningCall(REQUEST)).hasMessage("gone");
    }

    @ParameterizedTest
    @CsvSource({"PT5M, PT3M45S", "PT40S, PT30S", "PT30S, PT20S", "PT20S, PT10S", "PT10S, PT5S", "PT1S, PT0.5S"})
    void keepsTheLastQuarterOfTheTimeForTheAnswer(Duration time, Duration thinking) {
        assertThat(new Preset.Budget(30, 100, time, 6).reasoningTime()).isEqualTo(thinking);
    }

    @Test
    void countsWhatIsThoughtAsReasoningAndWhatIsAnsweredAsTheUpstreamSays() {
        Reply answer = Reply.of(new Delta.Text("x")).withUsage(new Usage(20, 10, 8, 3));
        ModelCalls thinker = thinker(ScriptedUpstream.answering(using(5), answer), Preset.Budget.DEFAULT);
        read(thinker.reasoningCall(REQUEST));
        read(thinker.answerCall(REQUEST));
        assertThat(thinker.usage()).isEqualTo(new Usage(30, 12, 13, 8));
    }

    @Test
    void countsTheThoughtThatTheUpstreamDidNotCountApart() {
        Reply answer = Reply.of(new Delta.Reasoning("hello world"), new Delta.Text("x"));
        ModelCalls thinker = thinker(
                ScriptedUpstream.answering(
                        answer.withUsage(new Usage(20, 0, 8, 0)),
                        answer.withUsage(new Usage(20, 0, 8, 5)),
                        answer.withUsage(new Usage(20, 0, 1, 0))),
                Preset.Budget.DEFAULT);
        read(thinker.answerCall(REQUEST));
        assertThat(thinker.usage()).isEqualTo(new Usage(20, 0, 8, 2));
        read(thinker.answerCall(REQUEST));
        assertThat(thinker.usage()).isEqualTo(new Usage(40, 0, 16, 2 + 5));
        read(thinker.answerCall(REQUEST));
        assertThat(thinker.usage()).isEqualTo(new Usage(60, 0, 17, 2 + 5 + 1));
    }

    @Test
    void countsTheThoughtInAnAnswersTextAsReasoning() {
        Reply answer = Reply.of(new Delta.Text(" <think>hello"), new Delta.Text(" world</think>hello"));
        ModelCalls thinker = thinker(
                ScriptedUpstream.answering(
                        answer,
                        answer.withUsage(new Usage(20, 0, 18, 0)),
                        Reply.of(new Delta.Text("<think>hello")).withUsage(new Usage(20, 0, 4, 0))),
                Preset.Budget.DEFAULT);
        read(thinker.answerCall(REQUEST));
        long thought = thinker.usage().reasoningTokens();
        assertThat(thought).isGreaterThan(2).isEqualTo(thinker.usage().outputTokens() - 1);
        read(thinker.answerCall(REQUEST));
        assertThat(thinker.usage().reasoningTokens()).isEqualTo(2 * thought);
        read(thinker.answerCall(REQUEST));
        assertThat(thinker.usage().reasoningTokens()).isEqualTo(2 * thought + 4);
    }

    @Test
    void countsACallOnceHoweverOftenItIsClosed() {
        ModelCalls thinker = thinker(ScriptedUpstream.answering(using(5)), Preset.Budget.DEFAULT);
        Call call = thinker.reasoningCall(REQUEST);
        call.close();
        call.close();
        assertThat(thinker.usage()).isEqualTo(new Usage(10, 2, 5, 5));
    }

    @Test
    void countsWhatWasReadOfACallThatNobodyCounted() {
        Reply reply =
                Reply.of(new Delta.Reasoning("hello world"), new Delta.Text("hello"), new Delta.Text("never read"));
        ModelCalls thinker = thinker(ScriptedUpstream.answering(reply), Preset.Budget.DEFAULT);
        CallRequest request = new CallRequest("model", List.of(Message.user("hello world")), Map.of());
        try (Call call = thinker.answerCall(request)) {
            Iterator<Delta> deltas = call.iterator();
            deltas.next();
            deltas.next();
        }
        assertThat(thinker.usage()).isEqualTo(new Usage(3 + 3 + 2, 0, 1 + 2, 2));
    }

    @Test
    void countsWhatFailedAttemptsUsed() {
        ScriptedUpstream upstream =
                ScriptedUpstream.answering(using(5), using(6)).withFailedAttempts(new Usage(20, 1, 7, 0), Usage.NONE);
        ModelCalls thinker = thinker(upstream, Preset.Budget.DEFAULT);
        CallRequest request = new CallRequest("model", List.of(Message.user("hello world")), Map.of());
        read(thinker.reasoningCall(request));
        assertThat(thinker.usage()).isEqualTo(new Usage(10 + 20 + 3 + 3 + 2, 2 + 1, 5 + 7, 5 + 7));
        read(thinker.answerCall(request));
        assertThat(thinker.usage()).isEqualTo(new Usage(2 * (10 + 20 + 3 + 3 + 2), 2 * (2 + 1), 5 + 7 + 6 + 7, 5 + 7));
    }

    @Test
    void flushesBeforeItMayWait() {
        ScriptedUpstream upstream = ScriptedUpstream.withJournal(
                out.events(), Reply.of(new Delta.Text("a"), new Delta.Text("b")).withFinishReason(FinishReason.LENGTH));
        Call call = thinker(upstream, Preset.Budget.DEFAULT).answerCall(REQUEST);
        read(call);
        assertThat(out.events())
                .containsExactly("flush", "open", "accepted", "flush", "pull", "flush", "pull", "flush", "close");
        assertThat(call.finishReason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void tellsOnceThatTheUpstreamHasBegun() {
        ModelCalls thinker = thinker(ScriptedUpstream.answering(using(1), using(1)), Preset.Budget.DEFAULT);
        read(thinker.reasoningCall(REQUEST));
        read(thinker.answerCall(REQUEST));
        assertThat(out.events()).containsOnlyOnce("accepted");
    }

    @Test
    void makesNoCallWhenTheTurnIsCancelled() {
        ScriptedUpstream upstream = ScriptedUpstream.answering("x");
        ModelCalls thinker = thinker(upstream, Preset.Budget.DEFAULT);
        cancellation.cancel(ErrorCode.CLIENT_LEFT, "gone");
        assertThatThrownBy(() -> thinker.reasoningCall(REQUEST))
                .isInstanceOfSatisfying(
                        CancelledException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLIENT_LEFT));
        assertThat(upstream.requests()).isEmpty();
    }
}
