package org.o1api.reasoning.vote;

import org.jspecify.annotations.Nullable;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.reasoning.ModelCalls;
import org.o1api.reasoning.TurnContext;
import org.o1api.reasoning.text.AnswerReader;
import org.o1api.upstream.Call;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.UpstreamException;

/** A single answer, streamed. The call is repeated, at most twice, if its reply broke off before any answer was shown. */
final class DirectAnswer {
    private static final int MAX_RETRIES = 2;

    private final TurnContext turn;
    private final ModelCalls calls;
    private final CallRequest request;

    DirectAnswer(TurnContext turn, CallRequest request) {
        this.turn = turn;
        this.calls = turn.calls();
        this.request = request;
    }

    /**
     * Makes the call.
     *
     * @param step the number of the step for the model's own reasoning
     */
    FinishReason answer(int step) {
        for (int retries = 0; ; retries++) {
            AnswerReader reader = null;
            try (Call call = calls.answerCall(request)) {
                reader = new AnswerReader(step, turn.prompt().requiresJson(), call.startsThinking(), turn.log());
                return read(call, reader);
            } catch (UpstreamException e) {
                if (retries == MAX_RETRIES || !canRetry(reader) || !calls.awaitRetry(e)) {
                    throw e;
                }
                if (reader != null) {
                    reader.endForRetry(String.valueOf(e.getMessage()));
                }
            }
        }
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
        if (!Sample.isComplete(reason)) {
            reader.markTruncated();
            calls.setUntaggedReasoning(reader.untaggedReasoningLength());
        } else if (reader.isEmpty()) {
            throw UpstreamException.emptyReply();
        }
        reader.end();
        return reason;
    }
}
