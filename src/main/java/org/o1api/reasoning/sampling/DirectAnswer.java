package org.o1api.reasoning.sampling;

import org.jspecify.annotations.Nullable;
import org.o1api.model.Delta;
import org.o1api.model.EndedBy;
import org.o1api.model.FinishReason;
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
    /** Whether part of the answer was shown. */
    private boolean hasAnswer;

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
            AnswerReader reader = null;
            try (Call call = calls.answerCall(request)) {
                reader = new AnswerReader(step, turn.prompt().requiresJson(), call.startsThinking(), turn.log());
                return read(call, reader);
            } catch (UpstreamException e) {
                hasAnswer = reader != null && reader.hasAnswer();
                if (retries == MAX_RETRIES || !canRetry(reader) || !calls.awaitRetry(e)) {
                    throw e;
                }
                if (reader != null) {
                    reader.endForRetry(String.valueOf(e.getMessage()));
                }
            }
        }
    }

    /** Whether the failed call has shown part of the answer. */
    boolean hasAnswer() {
        return hasAnswer;
    }

    private static boolean canRetry(@Nullable AnswerReader reader) {
        return reader != null && reader.canRetry();
    }

    private FinishReason read(Call call, AnswerReader reader) {
        for (Delta delta : call) {
            reader.feed(delta);
            calls.setUntaggedReasoning(reader.untaggedReasoningLength());
        }
        FinishReason reason = call.finishReason();
        if (!isComplete(reason)) {
            reader.markTruncated();
            calls.setUntaggedReasoning(reader.untaggedReasoningLength());
        } else if (reader.isEmpty()) {
            throw UpstreamException.emptyReply();
        }
        reader.end();
        turn.log().endedBy(endedBy(reason, calls));
        return reason;
    }

    /** Whether a reply that ended for this reason is complete. */
    public static boolean isComplete(FinishReason reason) {
        return switch (reason) {
            case STOP, TOOL_CALLS -> true;
            case LENGTH, CONTENT_FILTER -> false;
        };
    }

    /** Why a turn ended whose last reply ended for this reason. */
    public static EndedBy endedBy(FinishReason reason, ModelCalls calls) {
        if (reason != FinishReason.LENGTH) {
            return EndedBy.ANSWERED;
        }
        EndedBy exhausted = calls.exhausted();
        if (exhausted != null) {
            return exhausted;
        }
        return calls.hasTimeForAnswer() ? EndedBy.MAX_TOKENS : EndedBy.BUDGET_TIME;
    }
}
