package org.o1api.reasoning.sampling;

import org.o1api.model.FinishReason;
import org.o1api.reasoning.TurnContext;
import org.o1api.reasoning.closing.ClosingCall;
import org.o1api.reasoning.closing.OneStep;
import org.o1api.reasoning.text.AnswerRequests;

/** A turn whose only call is the answer's; the model's own reasoning before it is shown as a step. */
public final class DirectAnswer {
    private DirectAnswer() {}

    /** Makes the call. */
    public static FinishReason answer(TurnContext turn, AnswerRequests requests) {
        FinishReason reason = new ClosingCall(turn, requests, new EmptyBasis(turn.prompt()), new OneStep(1)).answer();
        turn.log().endedBy(ClosingCall.endedBy(reason, turn));
        return reason;
    }
}
