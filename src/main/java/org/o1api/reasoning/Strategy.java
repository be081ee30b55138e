package org.o1api.reasoning;

import org.o1api.model.FinishReason;

/** A reasoning strategy: decides which calls to make and what to show of them. Blocking code on the turn's thread. */
public interface Strategy {
    /**
     * Reasons and answers.
     *
     * @return why the answer ended
     */
    FinishReason run(TurnContext turn);
}
