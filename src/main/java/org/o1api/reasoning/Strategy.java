package org.o1api.reasoning;

import org.o1api.model.FinishReason;

/** A way to think: which calls to make, and what to show of them. Straight-line code on the turn's thread. */
public interface Strategy {
    /**
     * Thinks and answers. Reports all of it but {@link TurnListener#completed}, {@link TurnListener#accepted} and {@link
     * TurnListener#flush}, which are the turn's and the thinker's.
     *
     * @return why the answer ended
     */
    FinishReason run(Prompt prompt, Preset preset, ModelCalls calls, TurnListener out);
}
