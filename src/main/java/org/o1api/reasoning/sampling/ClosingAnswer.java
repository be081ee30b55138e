package org.o1api.reasoning.sampling;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.o1api.json.CanonicalJson;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.GatewayException;
import org.o1api.model.TurnEvent;
import org.o1api.reasoning.ModelCalls;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.Prompt.MaxTokens;
import org.o1api.reasoning.TurnContext;
import org.o1api.upstream.UpstreamException;

/**
 * The closing call after a reply that has reasoned but is not the answer: because the caller constrains the answer, or because the reply
 * ended before its answer. It carries everything that the caller set, and the reply. If that does not fit into the model's context, it
 * carries the second half of the reply, then nothing of it, or immediately nothing if the budget has one call left. If it fails before
 * any of its answer was shown, the reply's own answer is better than none.
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
     * Makes the call and streams its answer. If that fails, and the reply's own answer can be the turn's, the caller reports that one.
     * It can if it has the form that the request prescribes: a tool call or JSON. Whether a text has another form is not known. What
     * does not prescribe a form, such as stop words, is ignored then.
     *
     * @param own the reply's own answer; empty: it has none
     * @return null: report the reply's own answer
     * @throws GatewayException if there is no answer, part of it was shown, or the turn is cancelled
     */
    public @Nullable FinishReason answerUnlessFails(
            List<TurnEvent> own, String text, @Nullable MaxTokens limit, int step) {
        int usedCalls = calls.usedCalls();
        DirectAnswer answer = new DirectAnswer(turn, step);
        try {
            return answer(answer, text, limit);
        } catch (GatewayException e) {
            boolean isOver = calls.isCancelled() || e.code() == ErrorCode.SHUTTING_DOWN;
            if (isOver || answer.hasAnswer() || !isPossibleAnswer(own)) {
                throw e;
            }
            answer.endStep(e);
            if (calls.usedCalls() > usedCalls) {
                calls.discardLastCall();
            }
            return null;
        }
    }

    private boolean isPossibleAnswer(List<TurnEvent> events) {
        Prompt prompt = turn.prompt();
        if (prompt.requiresToolCall()) {
            return events.stream().anyMatch(TurnEvent.ToolCall.class::isInstance);
        }
        return !events.isEmpty() && (!prompt.prescribesForm() || (prompt.requiresJson() && isJson(events)));
    }

    private static boolean isJson(List<TurnEvent> events) {
        if (events.size() > 1 || !(events.get(0) instanceof TurnEvent.AnswerText answer)) {
            return false;
        }
        String text = answer.text().strip();
        return (text.endsWith("}") || text.endsWith("]")) && CanonicalJson.ofContainer(text) != null;
    }

    /**
     * Makes the call and streams its answer.
     *
     * @param text the reply, as the model wrote it ({@link SampleReader#text})
     * @param limit of the output tokens; null: none
     * @param step the number of the step for the model's own reasoning
     */
    public FinishReason answer(String text, @Nullable MaxTokens limit, int step) {
        return answer(new DirectAnswer(turn, step), text, limit);
    }

    private FinishReason answer(DirectAnswer answer, String text, @Nullable MaxTokens limit) {
        for (double share = 1; ; ) {
            try {
                return answer.answer(requests.closing(text, share, limit));
            } catch (UpstreamException e) {
                boolean isShorter = share > 0 && !text.isBlank();
                if (!isShorter || !e.exceedsContext() || answer.hasAnswer() || calls.remainingCalls() < 0) {
                    throw e;
                }
                calls.discardLastCall();
                share = calls.remainingCalls() <= 1 ? 0 : share - SHARE_DECREASE;
            }
        }
    }
}
