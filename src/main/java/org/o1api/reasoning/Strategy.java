package org.o1api.reasoning;

import org.o1api.model.FinishReason;

/** A reasoning strategy: decides which calls to make and what to show of them. Blocking code on the turn's thread. */
public interface Strategy {
    /**
     * Reasons and answers. Reports everything to the listener except {@link TurnListener#accepted} and {@link
     * TurnListener#flush}, which {@link ModelCalls} reports, and {@link TurnListener#completed}, which the turn reports.
     *
     * @return why the answer ended
     */
    FinishReason run(Prompt prompt, Preset preset, ModelCalls calls, TurnListener out);
}
