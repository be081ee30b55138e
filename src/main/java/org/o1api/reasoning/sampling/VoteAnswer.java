package org.o1api.reasoning.sampling;

import org.jspecify.annotations.Nullable;
import org.o1api.model.EndedBy;
import org.o1api.model.FinishReason;
import org.o1api.model.GatewayException;
import org.o1api.reasoning.TurnContext;
import org.o1api.reasoning.closing.ClosingCall;
import org.o1api.reasoning.closing.OneStep;
import org.o1api.reasoning.text.AnswerRequests;

/** The answer of a vote: that of a sample, or of a closing call. */
final class VoteAnswer {
    private final TurnContext turn;
    private final SampleCalls samples;
    private final SampleRequests requests;
    private final StepNumbers steps;

    VoteAnswer(TurnContext turn, SampleCalls samples, SampleRequests requests, StepNumbers steps) {
        this.turn = turn;
        this.samples = samples;
        this.requests = requests;
        this.steps = steps;
    }

    /**
     * Whether a closing call follows a sample. Samples are unconstrained text. A tool call or a refusal is an answer whatever the format.
     */
    boolean needsClosingCall(int winner) {
        if (!samples.sample(winner).isComplete() && turn.calls().exhausted() == EndedBy.BUDGET_TIME && canClose()) {
            return true; // the time of the answer is left
        }
        AnswerKey key = samples.ballot().keyOf(winner);
        boolean isText =
                key == null || (key.kind() != AnswerKey.Kind.TOOL_CALLS && key.kind() != AnswerKey.Kind.REFUSAL);
        return turn.prompt().constrainsAnswer() && (isText || turn.prompt().requiresToolCall());
    }

    private boolean canClose() {
        return turn.calls().remainingCalls() > 0 && turn.calls().hasTimeForAnswer();
    }

    /** Answers with a closing call on a sample, or with its own answer if that fails. */
    FinishReason closing(int winner) {
        SampleStep sample = samples.sample(winner);
        FinishReason reason = closingCall(sample.text()).answerUnlessFails(sample.answer());
        return reason == null ? of(winner) : reason;
    }

    private ClosingCall closingCall(String text) {
        return new ClosingCall(turn, AnswerRequests.of(turn), requests.basis(text), new OneStep(steps.next()));
    }

    /** Answers with a sample. */
    FinishReason of(int winner) {
        samples.markAsAnswer(winner);
        samples.sample(winner).report();
        return samples.sample(winner).reason();
    }

    /**
     * No sample has an answer. If the budget has ended them, or some were cut off or repeated themselves, a closing call answers, from
     * the longest of their texts. Not if one of them went on beyond the budget before it failed: a turn exceeds it by one call at most.
     *
     * @param limit the limit of the budget that is used up; null: none
     * @param why what is reported if neither that nor a loop or the caller's limit is the reason
     */
    FinishReason withoutSample(@Nullable EndedBy limit, EndedBy why) {
        FailedSamples failed = samples.failed();
        Integer longest = samples.choice().longestWithoutAnswer();
        Integer filtered = failed.firstFiltered();
        GatewayException failure = failed.first();
        boolean isCutOff = limit != null || longest != null;
        boolean closes = isCutOff && samples.allowClosingCall();
        if (!closes && filtered == null && failure != null) {
            throw failure;
        }
        samples.showAll();
        if (isCutOff) {
            turn.log().endedBy(limit != null ? limit : failed.hasLoop() ? EndedBy.LOOP : cutOffBy(why));
        }
        if (closes) {
            String text = longest == null ? "" : samples.sample(longest).textWithoutRepetition();
            return closingCall(text).answer();
        }
        turn.log().endedBy(EndedBy.ANSWERED);
        return filtered == null ? FinishReason.LENGTH : of(filtered);
    }

    private EndedBy cutOffBy(EndedBy why) {
        return turn.prompt().maxTokens() == null ? why : EndedBy.MAX_TOKENS;
    }
}
