package org.o1api.turn;

import org.jspecify.annotations.Nullable;
import org.o1api.conversation.StoredTurn;
import org.o1api.model.FinishReason;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnSummary;
import org.o1api.reasoning.TurnClient;

/**
 * How a turn ended, before the client knows.
 *
 * @param summary how the turn was answered; null: it is a replay
 * @param replayed the stored answer to send instead; null: the client has got all events but not the end of the response
 */
record TurnOutcome(FinishReason finishReason, @Nullable TurnSummary summary, StoredTurn.@Nullable Answer replayed) {
    static TurnOutcome replay(StoredTurn turn) {
        StoredTurn.Answer answer = turn.answer();
        if (answer == null) {
            throw new IllegalArgumentException("the stored turn has no answer");
        }
        return new TurnOutcome(answer.finishReason(), null, answer);
    }

    static TurnOutcome completed(FinishReason reason, TurnSummary summary) {
        return new TurnOutcome(reason, summary, null);
    }

    /** Sends what the client has not got yet. */
    void sendTo(TurnClient client) {
        if (replayed != null) {
            if (replayed.sentContent() != null) {
                client.replayContent(replayed.sentContent());
            }
            for (TurnEvent event : replayed.events()) {
                client.write(event);
            }
        }
        client.end();
    }
}
