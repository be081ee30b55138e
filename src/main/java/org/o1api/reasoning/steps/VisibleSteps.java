package org.o1api.reasoning.steps;

import org.o1api.model.TurnEvent.StepOutcome;
import org.o1api.reasoning.TurnLog;
import org.o1api.reasoning.closing.ClosingSteps;
import org.o1api.reasoning.text.StepReader;

/**
 * Numbers the steps that the client sees, and shows the notes. If no step is open, the note about the full context gets a step
 * of its own.
 */
final class VisibleSteps implements ClosingSteps {
    private final Notes notes;
    private final TurnLog out;
    private int endedSteps;
    private boolean contextNoteShown;

    VisibleSteps(Notes notes, TurnLog out) {
        this.notes = notes;
        this.out = out;
    }

    @Override
    public int nextNumber() {
        return endedSteps + 1;
    }

    /** The step with the next number was shown and has ended. */
    void countStep() {
        endedSteps++;
    }

    Notes notes() {
        return notes;
    }

    /** Returns the note about the full context, to end an open step with. It is then considered shown. */
    String takeContextNote() {
        contextNoteShown = true;
        return notes.context();
    }

    @Override
    public String retryNote(String reason) {
        return notes.retryAfter(reason);
    }

    @Override
    public String takeContextNoteForRetry() {
        contextNoteShown = true;
        return notes.retryAfterContext();
    }

    @Override
    public boolean isContextFull() {
        return contextNoteShown;
    }

    /** Shows the note about the full context unless it was shown before. */
    @Override
    public void showContextNote() {
        if (!contextNoteShown) {
            new StepReader(nextNumber(), out).endWithNote(takeContextNote(), StepOutcome.COMPLETED, null);
            countStep();
        }
    }
}
