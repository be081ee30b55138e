package org.o1api.reasoning.single;

import org.jspecify.annotations.Nullable;
import org.o1api.model.Delta;
import org.o1api.model.EndedBy;
import org.o1api.model.FinishReason;
import org.o1api.reasoning.ModelCalls;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.Prompt.MaxTokens;
import org.o1api.reasoning.TurnContext;
import org.o1api.reasoning.TurnLog;
import org.o1api.reasoning.closing.ClosingCall;
import org.o1api.reasoning.closing.OneStep;
import org.o1api.reasoning.sampling.DirectAnswer;
import org.o1api.reasoning.sampling.SampleReader;
import org.o1api.reasoning.sampling.SampleRequests;
import org.o1api.reasoning.text.AnswerRequests;
import org.o1api.reasoning.text.OutputTokenShare;
import org.o1api.upstream.Call;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.UpstreamException;

/**
 * One turn of the single strategy: one call. A closing call follows only if the caller constrains the answer, or if the reply ended
 * before its answer. With few tokens the model answers directly, because reasoning would leave none for the answer.
 */
final class SingleTurn {
    /** The maximum number of retries: 3 calls in all, like the default of {@code upstreams.*.attempts}. */
    private static final int MAX_RETRIES = 2;

    /** With a lower {@code max_tokens} the model answers directly. */
    private static final int MIN_TOKENS = 256;

    private final SingleStrategy settings;
    private final TurnContext turn;
    private final Prompt prompt;
    private final ModelCalls calls;
    private final TurnLog out;
    private final SampleRequests requests;
    private final OutputTokenShare tokenShare;
    /** Whether another call gives the answer. */
    private final boolean isDraft;

    private final VisibleReasoning visible;

    SingleTurn(SingleStrategy settings, TurnContext turn) {
        this.settings = settings;
        this.turn = turn;
        prompt = turn.prompt();
        calls = turn.calls();
        out = turn.log();
        requests = new SampleRequests(turn, settings.prompts());
        tokenShare = new OutputTokenShare(prompt.maxTokens(), calls);
        isDraft = prompt.constrainsAnswer();
        visible = new VisibleReasoning(isDraft, calls::startAnswer, out);
    }

    FinishReason run() {
        MaxTokens limit = prompt.maxTokens();
        boolean fewTokens = limit != null && limit.limit() < MIN_TOKENS;
        if (fewTokens || (isDraft && calls.remainingCalls() < 2)) {
            return answerDirectly();
        }
        CallRequest request = requests.single(isDraft ? tokenShare.forStep() : limit);
        for (int retries = 0; ; retries++) {
            SampleReader reader = null;
            FinishReason reason;
            try (Call call = isDraft ? calls.reasoningCall(request) : calls.onlyCall(request)) {
                reader = new SampleReader(call.startsThinking(), SampleReader.isResultAskedFor(prompt), visible);
                reason = read(call, reader);
            } catch (UpstreamException e) {
                if (retries == MAX_RETRIES || reader == null || visible.hasAnswer() || !calls.awaitRetry(e)) {
                    throw e;
                }
                visible.retry(settings.notes().retryAfter(String.valueOf(e.getMessage())));
                continue;
            }
            boolean isDecided = visible.hasAnswer() || reason == FinishReason.CONTENT_FILTER;
            if (!isDecided && (reader.hasAnswer() || canAnswer())) {
                return close(reader, reason);
            }
            out.endedBy(endedBy(reason));
            return reason;
        }
    }

    private FinishReason close(SampleReader reply, FinishReason replyReason) {
        FinishReason reason = new ClosingCall(
                        turn,
                        AnswerRequests.of(turn).withLimit(limitOfClosingCall()),
                        requests.basis(reply.textWithoutRepetition()),
                        new OneStep(visible.nextStep()))
                .answerUnlessFails(reply.answer());
        if (reason != null) {
            out.endedBy(ClosingCall.endedBy(reason, turn));
            return reason;
        }
        reply.answer().forEach(out::write);
        out.endedBy(endedBy(replyReason));
        return replyReason;
    }

    /** Why the turn ended if the only reply ended for this reason, with or without an answer. */
    private EndedBy endedBy(FinishReason reason) {
        EndedBy limit = calls.exhausted();
        return limit != null && reason == FinishReason.LENGTH && !visible.hasAnswer()
                ? limit
                : ClosingCall.endedBy(reason, turn);
    }

    private FinishReason answerDirectly() {
        return DirectAnswer.answer(turn, AnswerRequests.of(turn));
    }

    private FinishReason read(Call call, SampleReader reader) {
        for (Delta delta : call) {
            reader.feed(delta);
            calls.setUntaggedReasoning(reader.untaggedReasoningLength());
            if (reader.isRepeating() && !visible.hasAnswer()) {
                visible.closeWithNote(settings.notes().loop());
                out.endedBy(EndedBy.LOOP);
                return FinishReason.LENGTH;
            }
        }
        FinishReason reason = call.finishReason();
        if (calls.exhausted() != null && !reader.hasAnswer() && canAnswer()) { // cut in the reasoning
            visible.replaceAnswer(reader.isInAnswer());
            reader.end(FinishReason.LENGTH);
            visible.close();
            out.endedBy(endedBy(reason));
            return reason;
        }
        reader.end(reason);
        calls.setUntaggedReasoning(reader.untaggedReasoningLength());
        if (!reader.hasAnswer() && reason.isComplete()) {
            throw UpstreamException.emptyReply();
        }
        visible.close();
        boolean isLimited = calls.exhausted() != null || prompt.maxTokens() != null;
        if (!visible.hasAnswer() && reason == FinishReason.LENGTH && isLimited) {
            out.endedBy(endedBy(reason));
        }
        return reason;
    }

    /** The answer's call may exceed the budget's calls: the only call of a budget can be cut off before its answer. */
    private boolean canAnswer() {
        MaxTokens limit = limitOfClosingCall();
        return calls.hasTimeForAnswer() && (limit == null || limit.limit() > 0);
    }

    /** The limit of the closing call: what is left of the caller's, or half of it if the first call had the other half. */
    private @Nullable MaxTokens limitOfClosingCall() {
        MaxTokens limit = prompt.maxTokens();
        if (isDraft || limit == null) {
            return tokenShare.forAnswer();
        }
        return new MaxTokens(
                limit.field(), limit.limit() - calls.ledger().answerUsage().outputTokens());
    }
}
