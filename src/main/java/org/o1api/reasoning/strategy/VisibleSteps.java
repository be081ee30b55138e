package org.o1api.reasoning.strategy;

import org.o1api.reasoning.Notes;
import org.o1api.reasoning.TurnListener;

/** Numbers the steps that the client sees, and shows the note on the context, which is a step if none is open. */
final class VisibleSteps {
    private final Notes notes;
    private final TurnListener out;
    private int endedSteps;
    private boolean contextNoteShown;

    VisibleSteps(Notes notes, TurnListener out) {
        this.notes = notes;
        this.out = out;
    }

    /** The number of the next step. */
    int nextNumber() {
        return endedSteps + 1;
    }

    /** A step with the next number was shown, and has ended. */
    void countStep() {
        endedSteps++;
    }

    String loopNote() {
        return notes.loop();
    }

    /** The note on the context, for the end of an open step. */
    String takeContextNote() {
        contextNoteShown = true;
        return notes.context();
    }

    /** Whether the context is full. */
    boolean isContextFull() {
        return contextNoteShown;
    }

    /** Shows that the context is full, once a turn. */
    void showContextNote() {
        if (!contextNoteShown) {
            new StepReader(nextNumber(), out).endWithNote(takeContextNote());
            countStep();
        }
    }
}
