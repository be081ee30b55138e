package org.o1api.reasoning.sampling;

import org.jspecify.annotations.Nullable;
import org.o1api.model.Delta;
import org.o1api.model.EndedBy;
import org.o1api.model.FinishReason;
import org.o1api.model.GatewayException;
import org.o1api.reasoning.ModelCalls;
import org.o1api.reasoning.TurnContext;
import org.o1api.reasoning.text.AnswerReader;
import org.o1api.upstream.Call;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.UpstreamException;

/**
 * One call whose reply is the answer, streamed; the model's own reasoning before it is shown as a step. The call is repeated, at most
 * twice, if its reply broke off before any answer was shown.
 */
public final class DirectAnswer {
    private static final int MAX_RETRIES = 2;

    private final TurnContext turn;
    private final ModelCalls calls;
    private final int step;
    /** The reader of the last reply; null: there was none. */
    private @Nullable AnswerReader reader;

    /**
     * Creates the answer of a turn.
     *
     * @param step the number of the step for the model's own reasoning
     */
    public DirectAnswer(TurnContext turn, int step) {
        this.turn = turn;
        this.calls = turn.calls();
        this.step = step;
    }

    /** Makes the call. */
    public FinishReason answer(CallRequest request) {
        for (int retries = 0; ; retries++) {
            reader = null;
            try (Call call = calls.answerCall(request)) {
                AnswerReader started =
                        new AnswerReader(step, turn.prompt().requiresJson(), call.startsThinking(), turn.log());
                reader = started;
                return read(call, started);
            } catch (UpstreamException e) {
                if (retries == MAX_RETRIES || !canRetry() || !calls.awaitRetry(e)) {
                    throw e;
                }
                endStep(e);
            }
        }
    }

    /** Whether the failed call has shown part of the answer. */
    boolean hasAnswer() {
        return reader != null && reader.hasAnswer();
    }

    private boolean canRetry() {
        return reader != null && reader.canRetry();
    }

    /** Ends the step with the reasoning of the failed call, if there is one. */
    void endStep(GatewayException failure) {
        if (reader != null) {
            reader.endForRetry(String.valueOf(failure.getMessage()));
        }
    }

    private FinishReason read(Call call, AnswerReader started) {
        for (Delta delta : call) {
            started.feed(delta);
            calls.setUntaggedReasoning(started.untaggedReasoningLength());
        }
        FinishReason reason = call.finishReason();
        if (!reason.isComplete()) {
            started.markTruncated();
            calls.setUntaggedReasoning(started.untaggedReasoningLength());
        } else if (started.isEmpty()) {
            throw UpstreamException.emptyReply();
        }
        started.end();
        turn.log().endedBy(endedBy(reason, calls));
        return reason;
    }

    /** Why a turn ended whose answer ended for this reason. Of the budget, only the time ends an answer that has started. */
    public static EndedBy endedBy(FinishReason reason, ModelCalls calls) {
        if (reason != FinishReason.LENGTH) {
            return EndedBy.ANSWERED;
        }
        return calls.hasTimeForAnswer() ? EndedBy.MAX_TOKENS : EndedBy.BUDGET_TIME;
    }
}
