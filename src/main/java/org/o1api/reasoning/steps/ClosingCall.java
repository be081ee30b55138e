package org.o1api.reasoning.steps;

import org.jspecify.annotations.Nullable;
import org.o1api.model.CancelledException;
import org.o1api.model.Delta;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.reasoning.ModelCalls;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.TurnLog;
import org.o1api.reasoning.text.AnswerFormat;
import org.o1api.reasoning.text.AnswerReader;
import org.o1api.reasoning.text.AnswerRequests;
import org.o1api.reasoning.text.OutputTokenShare;
import org.o1api.upstream.Call;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.UpstreamException;

/**
 * Makes the call whose reply is the answer. The call is repeated, as long as no answer text was shown, in these cases:
 *
 * <ul>
 *   <li>its reply broke off: at most twice;
 *   <li>it does not fit into the model's context: with less and less of the steps' text;
 *   <li>its reply does not have the format that the caller requires: once, with the steps as plain text.
 * </ul>
 *
 * <p>Discarded output that the client did not get counts in the ledger's totals only. The last call of the budget has no steps
 * if they do not fit, and no call is repeated after the turn's time is used up.
 */
final class ClosingCall {
    /** The maximum number of retries after a broken reply: 3 calls in all, like the default of {@code upstreams.*.attempts}. */
    private static final int MAX_RETRIES = 2;

    /** The decrease of the share of the steps' text each time the call does not fit; the fourth time no steps are left. */
    private static final double SHARE_DECREASE = 0.25;

    /** An answer truncated by a full context is discarded if it has at most this many characters. */
    private static final int SHORT_ANSWER = 200;

    /** If the caller allows at most this many tokens, a short answer is what it asked for. */
    private static final int FEW_TOKENS = 256;

    private static final String WRONG_FORMAT = "The answer does not have the format that the request requires.";

    private final Prompt prompt;
    private final AnswerRequests requests;
    private final StepHistory history;
    private final OutputTokenShare tokenShare;
    private final ModelCalls calls;
    private final VisibleSteps visibleSteps;
    private final TurnLog out;
    private final AnswerFormat format;
    /** The share of the steps' text that the call contains, 0 to 1. */
    private double share = 1;
    /** Whether the call contains the steps as plain text. */
    private boolean plain;

    private int retries;
    /** A reply without the required format, used if there is no better one. */
    private @Nullable AnswerReader rejected;

    ClosingCall(
            Prompt prompt,
            AnswerRequests requests,
            StepHistory history,
            OutputTokenShare tokenShare,
            ModelCalls calls,
            VisibleSteps visibleSteps,
            TurnLog out) {
        this.prompt = prompt;
        this.requests = requests;
        this.history = history;
        this.tokenShare = tokenShare;
        this.calls = calls;
        this.visibleSteps = visibleSteps;
        this.out = out;
        this.format = new AnswerFormat(prompt);
    }

    /** Makes the call, again if necessary, and reports the answer. */
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
                if (rejected == null || !canRepeat(reader) || e.code() == ErrorCode.CLIENT_DISCONNECTED) {
                    throw e;
                }
                rejected.end();
                return FinishReason.STOP;
            }
            calls.discardLastCall(); // closing the call has added its record
        }
    }

    /** Reads a reply. Returns null if it is discarded and the call must be repeated. */
    private @Nullable FinishReason read(Call call, AnswerReader reader) {
        for (Delta delta : call) {
            reader.feed(delta);
            calls.setUntaggedReasoning(reader.untaggedReasoningLength());
        }
        FinishReason reason = call.finishReason();
        if (!reason.isComplete()) {
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
            reader.endForRetry(visibleSteps.notes().retryAfter(WRONG_FORMAT));
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

    /** Prepares another call after a failure. Returns false if that would not help. */
    private boolean prepareRepetition(UpstreamException failure, @Nullable AnswerReader reader) {
        if (canRepeat(reader) && hasSteps() && failure.exceedsContext()) {
            calls.discardLastCall();
            shorten(reader);
            return true;
        }
        boolean mayRetry = reader != null && canRepeat(reader) && retries < MAX_RETRIES;
        if (mayRetry && reader != null && calls.awaitRetry(failure)) {
            retries++;
            reader.endForRetry(visibleSteps.notes().retryAfter(String.valueOf(failure.getMessage())));
            return true;
        }
        return false;
    }

    private void shorten(@Nullable AnswerReader reader) {
        boolean isLastCall = calls.remainingCalls() <= 1;
        share = isLastCall ? 0 : share - SHARE_DECREASE;
        if (reader != null && reader.hasReasoning()) {
            reader.endForRetry(visibleSteps.takeContextNoteForRetry());
        } else {
            visibleSteps.showContextNote();
        }
    }

    /** Whether a short, truncated answer means that the steps leave no room for it in the context. */
    private boolean rejectsShortAnswer() {
        Prompt.MaxTokens limit = tokenShare.forAnswer();
        return visibleSteps.isContextFull() && hasSteps() && (limit == null || limit.limit() > FEW_TOKENS);
    }

    /** Whether the call contains steps. Otherwise the model gets the caller's messages unchanged. */
    private boolean hasSteps() {
        return history.hasSteps() && share > 0;
    }

    private CallRequest request() {
        return hasSteps()
                ? requests.answer(history.messagesForClosingCall(share, plain), tokenShare.forAnswer())
                : requests.answer(tokenShare.forAnswer());
    }

    private AnswerReader reader(Call call) {
        int step = visibleSteps.nextNumber();
        AnswerReader reader = history.hasSteps()
                ? new AnswerReader(step, format, call.startsThinking(), out)
                : new AnswerReader(step, prompt.requiresJson(), call.startsThinking(), out);
        if (rejectsShortAnswer()) {
            reader.holdBack(SHORT_ANSWER);
        }
        return reader;
    }
}
