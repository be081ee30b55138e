package org.o1api.reasoning.sampling;

import org.jspecify.annotations.Nullable;
import org.o1api.model.FinishReason;
import org.o1api.reasoning.ModelCalls;
import org.o1api.reasoning.Prompt.MaxTokens;
import org.o1api.reasoning.TurnContext;
import org.o1api.upstream.UpstreamException;

/**
 * The closing call after a reply that has reasoned but is not the answer: because the caller constrains the answer, or because the reply
 * ended before its answer. It carries everything that the caller set, and the reply. If that does not fit into the model's context, it
 * carries the second half of the reply, then nothing of it.
 */
public final class ClosingAnswer {
    private static final double SHARE_DECREASE = 0.5;

    private final TurnContext turn;
    private final ModelCalls calls;
    private final SampleRequests requests;

    /** Creates the closing call of a turn. */
    public ClosingAnswer(TurnContext turn, SampleRequests requests) {
        this.turn = turn;
        this.calls = turn.calls();
        this.requests = requests;
    }

    /**
     * Makes the call and streams its answer.
     *
     * @param text the reply, as the model wrote it ({@link SampleReader#text})
     * @param limit of the output tokens; null: none
     * @param step the number of the step for the model's own reasoning
     */
    public FinishReason answer(String text, @Nullable MaxTokens limit, int step) {
        DirectAnswer answer = new DirectAnswer(turn, step);
        for (double share = 1; ; share -= SHARE_DECREASE) {
            try {
                return answer.answer(requests.closing(text, share, limit));
            } catch (UpstreamException e) {
                boolean isShorter = share > 0 && !text.isBlank();
                if (!isShorter || !e.exceedsContext() || answer.hasAnswer()) {
                    throw e;
                }
                calls.discardLastCall();
            }
        }
    }
}
