package org.o1api.eval;

import org.jspecify.annotations.Nullable;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnSummary;
import org.o1api.reasoning.TurnClient;

/** The client of a turn that keeps the answer. */
final class AnswerCollector implements TurnClient {
    private final StringBuilder answer = new StringBuilder();
    private @Nullable TurnSummary summary;

    @Override
    public void write(TurnEvent event) {
        if (event instanceof TurnEvent.AnswerText piece) {
            answer.append(piece.text());
        } else if (event instanceof TurnEvent.RefusalText piece) {
            answer.append(piece.text());
        } else if (event instanceof TurnEvent.Completed completed) {
            summary = completed.summary();
        }
    }

    @Override
    public void flush() {}

    @Override
    public void end() {}

    @Override
    public boolean isBuffered() {
        return true;
    }

    String answer() {
        return answer.toString();
    }

    /** Null: the turn has not completed. */
    @Nullable
    TurnSummary summary() {
        return summary;
    }
}
