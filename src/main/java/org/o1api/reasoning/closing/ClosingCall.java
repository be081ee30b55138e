package org.o1api.reasoning.closing;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.o1api.model.CancelledException;
import org.o1api.model.Delta;
import org.o1api.model.EndedBy;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.GatewayException;
import org.o1api.model.TurnEvent;
import org.o1api.reasoning.ModelCalls;
import org.o1api.reasoning.Prompt.MaxTokens;
import org.o1api.reasoning.TurnContext;
import org.o1api.reasoning.text.AnswerFormat;
import org.o1api.reasoning.text.AnswerReader;
import org.o1api.reasoning.text.AnswerRequests;
import org.o1api.upstream.Call;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.UpstreamException;

/**
 * Makes the call whose reply is the answer, and streams it. It carries everything that the caller set. The call is repeated, as long as no
 * answer text was shown, in these cases:
 *
 * <ul>
 *   <li>its reply broke off: at most twice;
 *   <li>it does not fit into the model's context: with less and less of the reasoning's text;
 *   <li>its reply does not have the format that the caller requires: once, with the reasoning as plain text.
 * </ul>
 *
 * <p>A complete reply is never repeated after tokens or money of the budget are used up: a turn exceeds them by one answer at most.
 *
 * <p>Discarded output that the client did not get counts in the ledger's totals only. The last call of the budget has no reasoning
 * if it does not fit, and no call is repeated after the turn's time is used up.
 */
public final class ClosingCall {
    /** The maximum number of retries after a broken reply: 3 calls in all, like the default of {@code upstreams.*.attempts}. */
    private static final int MAX_RETRIES = 2;

    /** The decrease of the share of the reasoning's text each time the call does not fit; the fourth time none is left. */
    private static final double SHARE_DECREASE = 0.25;

    /** An answer truncated by a full context is discarded if it has at most this many characters. */
    private static final int SHORT_ANSWER = 200;

    /** If the caller allows at most this many tokens, a short answer is what it asked for. */
    private static final int FEW_TOKENS = 256;

    private static final String WRONG_FORMAT = "The answer does not have the format that the request requires.";

    private final TurnContext turn;
    private final ModelCalls calls;
    private final AnswerRequests requests;
    private final AnswerBasis basis;
    private final ClosingSteps steps;
    private final AnswerFormat format;
    /** The share of the reasoning's text that the call contains, 0 to 1. */
    private double share = 1;
    /** Whether the call contains the reasoning as plain text. */
    private boolean plain;

    private int retries;
    /** The reader of the last reply; null: there was none. */
    private @Nullable AnswerReader reader;
    /** Whether the last reply has no answer, or one without the required format: worse than the answer of the reasoning, if it has one. */
    private boolean isWorse;
    /** A reply without the required format, used if there is no better one. */
    private @Nullable AnswerReader rejected;

    /** Prepares the closing call of a turn. */
    public ClosingCall(TurnContext turn, AnswerRequests requests, AnswerBasis basis, ClosingSteps steps) {
        this.turn = turn;
        this.calls = turn.calls();
        this.requests = requests;
        this.basis = basis;
        this.steps = steps;
        this.format = new AnswerFormat(turn.prompt());
    }

    /** Makes the call, again if necessary, and reports the answer. */
    public FinishReason answer() {
        return answer(true);
    }

    /**
     * The same. If the call fails, is cut off before its answer, or its reply does not have the required format and cannot be repeated, and
     * the reasoning has an answer of its own that can be the turn's ({@link AnswerFormat#admits}), the caller reports that one.
     *
     * @param own the reasoning's own answer; empty: it has none
     * @return null: report the reasoning's own answer
     * @throws GatewayException if there is no answer, part of it was shown, or the turn is cancelled
     */
    public @Nullable FinishReason answerUnlessFails(List<TurnEvent> own) {
        boolean isPossible = format.admits(own);
        int usedCalls = calls.usedCalls();
        try {
            FinishReason reason = answer(!isPossible);
            if (!isPossible || !isWorse) {
                return reason;
            }
        } catch (GatewayException e) {
            boolean isOver = calls.isCancelled() || e.code() == ErrorCode.SHUTTING_DOWN;
            if (isOver || !isPossible || (reader != null && reader.hasAnswer())) {
                throw e;
            }
            if (reader != null) {
                reader.endForRetry(String.valueOf(e.getMessage()));
            }
        }
        if (calls.usedCalls() > usedCalls) {
            calls.discardLastCall();
        }
        return null;
    }

    private FinishReason answer(boolean usesRejected) {
        while (true) {
            reader = null;
            try (Call call = calls.answerCall(request())) {
                AnswerReader started = reader(call);
                reader = started;
                FinishReason reason = read(call, started, usesRejected);
                if (reason != null) {
                    return reason;
                }
            } catch (UpstreamException | CancelledException e) {
                if (e instanceof UpstreamException failure && prepareRepetition(failure, reader)) {
                    continue;
                }
                boolean isOver = !usesRejected || !canRepeat(reader) || e.code() == ErrorCode.CLIENT_DISCONNECTED;
                if (rejected == null || isOver) {
                    throw e;
                }
                rejected.end();
                return FinishReason.STOP;
            }
            calls.discardLastCall(); // closing the call has added its record
        }
    }

    /**
     * Reads a reply.
     *
     * @param usesRejected whether a reply without the required format is better than none
     * @return null if the reply is discarded and the call must be repeated
     */
    private @Nullable FinishReason read(Call call, AnswerReader started, boolean usesRejected) {
        for (Delta delta : call) {
            started.feed(delta);
            calls.setUntaggedReasoning(started.untaggedReasoningLength());
        }
        FinishReason reason = call.finishReason();
        if (!reason.isComplete()) {
            started.markTruncated();
            calls.setUntaggedReasoning(started.untaggedReasoningLength());
            if (reason == FinishReason.LENGTH
                    && rejectsShortAnswer()
                    && started.isAtMost(SHORT_ANSWER)
                    && mayRepeat(call, started)) {
                shorten(started);
                return null;
            }
        }
        if (started.hasWrongFormat()) {
            boolean repeats = reason.isComplete() && canUsePlainText() && mayRepeat(call, started);
            if (repeats) {
                plain = true;
                rejected = started;
            }
            isWorse = !repeats && !usesRejected;
            if (repeats || isWorse) {
                started.endForRetry(steps.retryNote(WRONG_FORMAT));
                return repeats ? null : reason;
            }
        }
        isWorse = started.isEmpty();
        if (isWorse && reason.isComplete()) {
            throw UpstreamException.emptyReply();
        }
        started.end();
        calls.setUntaggedReasoning(started.untaggedReasoningLength());
        turn.log().stoppedAt(call.stopSequence());
        return reason;
    }

    private boolean canUsePlainText() {
        return !plain && sendsReasoning() && calls.remainingCalls() > 0;
    }

    /** Whether the budget allows another call instead of a reply that has ended. Closes its call, so that it counts exactly. */
    private boolean mayRepeat(Call call, AnswerReader started) {
        calls.setUntaggedReasoning(started.untaggedReasoningLength());
        call.close();
        return calls.mayImproveAnswer();
    }

    private static boolean canRepeat(@Nullable AnswerReader started) {
        return started == null || started.canRetry();
    }

    /** Prepares another call after a failure. Returns false if that would not help. */
    private boolean prepareRepetition(UpstreamException failure, @Nullable AnswerReader started) {
        if (canRepeat(started) && sendsReasoning() && failure.exceedsContext() && calls.remainingCalls() >= 0) {
            calls.discardLastCall();
            shorten(started);
            return true;
        }
        if (started != null && started.canRetry() && retries < MAX_RETRIES && calls.awaitRetry(failure)) {
            retries++;
            started.endForRetry(steps.retryNote(String.valueOf(failure.getMessage())));
            return true;
        }
        return false;
    }

    private void shorten(@Nullable AnswerReader started) {
        boolean isLastCall = calls.remainingCalls() <= 1;
        share = isLastCall ? 0 : share - SHARE_DECREASE;
        if (started != null && started.hasReasoning()) {
            started.endForRetry(steps.takeContextNoteForRetry());
        } else {
            steps.showContextNote();
        }
    }

    /** Whether a short, truncated answer means that the reasoning leaves no room for it in the context. */
    private boolean rejectsShortAnswer() {
        MaxTokens limit = requests.limit();
        return steps.isContextFull() && sendsReasoning() && (limit == null || limit.limit() > FEW_TOKENS);
    }

    /** Whether the call contains reasoning. Otherwise the model gets the caller's messages unchanged. */
    private boolean sendsReasoning() {
        return !basis.isEmpty() && share > 0;
    }

    private CallRequest request() {
        return sendsReasoning() ? requests.answer(basis.messagesForClosingCall(share, plain)) : requests.answer();
    }

    private AnswerReader reader(Call call) {
        AnswerReader started =
                new AnswerReader(steps.nextNumber(), format, basis.filter(format), call.startsThinking(), turn.log());
        if (rejectsShortAnswer()) {
            started.holdBack(SHORT_ANSWER);
        }
        return started;
    }

    /** Why a turn ended whose answer ended for this reason. Of the budget, only the time ends an answer that has started. */
    public static EndedBy endedBy(FinishReason reason, TurnContext turn) {
        if (reason != FinishReason.LENGTH) {
            return EndedBy.ANSWERED;
        }
        if (!turn.calls().hasTimeForAnswer()) {
            return EndedBy.BUDGET_TIME;
        }
        return turn.prompt().maxTokens() == null ? EndedBy.ANSWERED : EndedBy.MAX_TOKENS; // the model has a limit, too
    }
}
