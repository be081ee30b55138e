package org.o1api.reasoning.strategy;

import org.jspecify.annotations.Nullable;
import org.o1api.model.CancelledException;
import org.o1api.model.Delta;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.reasoning.ModelCalls;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.TurnListener;
import org.o1api.upstream.Call;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.UpstreamException;

/**
 * Makes the call whose reply is the answer, again if that may help and nothing of an answer was shown: twice if it broke off, with
 * fewer and fewer steps if it does not fit into the model's context, and once with the steps as plain text if the reply does not
 * have the form that the caller demands. What the client did not get of a discarded reply counts in the totals only. The last call of
 * the budget has no steps if they do not fit, and none is made again once the time is over.
 */
final class ClosingCall {
    /** How often it is made again because it broke off: with the first try as often as a call is made by default. */
    private static final int MAX_RETRIES = 2;

    /** By how much the share of the steps' text is reduced each time the call does not fit; after four times no steps are left. */
    private static final double SHARE_DECREASE = 0.25;

    /** An answer that the context cuts before it has more characters than this is not worth showing. */
    private static final int SHORT_ANSWER = 200;

    /** A caller that allows no more tokens than this may get a short answer. */
    private static final int FEW_TOKENS = 256;

    private final Prompt prompt;
    private final StepRequests requests;
    private final StepHistory history;
    private final OutputTokenShare tokenShare;
    private final ModelCalls calls;
    private final VisibleSteps visibleSteps;
    private final TurnListener out;
    private final AnswerFormat format;
    /** How much of the steps' text the call has. */
    private double share = 1;
    /** Whether it has the steps as plain text. */
    private boolean plain;

    private int retries;
    /** A reply that does not have the form that the caller demands, for want of a better one. */
    private @Nullable AnswerReader rejected;

    ClosingCall(
            Prompt prompt,
            StepRequests requests,
            StepHistory history,
            OutputTokenShare tokenShare,
            ModelCalls calls,
            VisibleSteps visibleSteps,
            TurnListener out) {
        this.prompt = prompt;
        this.requests = requests;
        this.history = history;
        this.tokenShare = tokenShare;
        this.calls = calls;
        this.visibleSteps = visibleSteps;
        this.out = out;
        this.format = new AnswerFormat(prompt);
    }

    /** Makes the call until there is an answer. */
    FinishReason answer() {
        while (true) {
            AnswerReader reader = null;
            try (Call call = calls.answerCall(request())) {
                reader = reader(call);
                FinishReason reason = read(call, reader);
                if (reason != null) {
                    return reason;
                }
            } catch (UpstreamException | CancelledException e) {
                if (e instanceof UpstreamException failure && prepareRepetition(failure, reader)) {
                    continue;
                }
                if (rejected == null || !canRepeat(reader) || e.code() == ErrorCode.CLIENT_LEFT) {
                    throw e;
                }
                rejected.end();
                return FinishReason.STOP;
            }
            calls.discardLastCall(); // it has its record once it is closed
        }
    }

    /** Reads a reply; null if it is discarded, and the call must be made again. */
    private @Nullable FinishReason read(Call call, AnswerReader reader) {
        for (Delta delta : call) {
            reader.feed(delta);
            calls.setUntaggedReasoning(reader.untaggedReasoningLength());
        }
        FinishReason reason = call.finishReason();
        if (!isComplete(reason)) {
            reader.markTruncated();
            calls.setUntaggedReasoning(reader.untaggedReasoningLength());
            if (reason == FinishReason.LENGTH
                    && rejectsShortAnswer()
                    && calls.hasTimeForAnswer()
                    && reader.isAtMost(SHORT_ANSWER)) {
                shorten(reader);
                return null;
            }
        } else if (canUsePlainSteps() && reader.hasWrongFormat()) {
            plain = true;
            rejected = reader;
            reader.endForRetry("The answer does not have the format that the request requires.");
            return null;
        } else if (reader.isEmpty()) {
            throw UpstreamException.emptyReply();
        }
        reader.end();
        return reason;
    }

    private boolean canUsePlainSteps() {
        return !plain && hasSteps() && calls.remainingCalls() > 0 && calls.hasTimeForAnswer();
    }

    private static boolean canRepeat(@Nullable AnswerReader reader) {
        return reader == null || reader.canRetry();
    }

    /** Prepares another call after a failure, and says whether it may help. */
    private boolean prepareRepetition(UpstreamException failure, @Nullable AnswerReader reader) {
        if (canRepeat(reader) && hasSteps() && failure.exceedsContext()) {
            calls.discardLastCall();
            shorten(reader);
            return true;
        }
        boolean mayRetry = reader != null && canRepeat(reader) && retries < MAX_RETRIES;
        if (mayRetry && reader != null && calls.awaitRetry(failure)) {
            retries++;
            reader.endForRetry(String.valueOf(failure.getMessage()));
            return true;
        }
        return false;
    }

    private void shorten(@Nullable AnswerReader reader) {
        boolean isLastCall = calls.remainingCalls() <= 1;
        share = isLastCall ? 0 : share - SHARE_DECREASE;
        if (reader != null && reader.hasReasoning()) {
            reader.endForRetry(visibleSteps.takeContextNote());
        } else {
            visibleSteps.showContextNote();
        }
    }

    /** Whether an answer of a few words, cut by a limit, shows that the steps leave no room for it in the context. */
    private boolean rejectsShortAnswer() {
        Prompt.MaxTokens limit = tokenShare.forAnswer();
        return visibleSteps.isContextFull() && hasSteps() && (limit == null || limit.limit() > FEW_TOKENS);
    }

    /** Whether the call has steps. A model that thought nothing, or too much, gets the caller's messages as they are. */
    private boolean hasSteps() {
        return history.hasSteps() && share > 0;
    }

    private CallRequest request() {
        return hasSteps()
                ? requests.answer(history.closingCall(share, plain), tokenShare.forAnswer())
                : requests.answer(tokenShare.forAnswer());
    }

    private AnswerReader reader(Call call) {
        int step = visibleSteps.nextNumber();
        AnswerReader reader = history.hasSteps()
                ? new AnswerReader(step, format, call.startsThinking(), out)
                : new AnswerReader(step, prompt.wantsJson(), call.startsThinking(), out);
        if (rejectsShortAnswer()) {
            reader.holdBack(SHORT_ANSWER);
        }
        return reader;
    }

    /** Whether a reply that ended so claims to be whole. */
    private static boolean isComplete(FinishReason reason) {
        return switch (reason) {
            case STOP, TOOL_CALLS -> true;
            case LENGTH, CONTENT_FILTER -> false;
        };
    }
}
