package org.o1api.reasoning.closing;

/** The only step of a closing call whose strategy has no notes for it: it ends with the bare reason if the call is repeated. */
public final class OneStep implements ClosingSteps {
    private static final String CONTEXT_FULL = "The model's context is full.";

    private final int number;
    private boolean contextFull;

    public OneStep(int number) {
        this.number = number;
    }

    @Override
    public int nextNumber() {
        return number;
    }

    @Override
    public String retryNote(String reason) {
        return reason;
    }

    @Override
    public boolean isContextFull() {
        return contextFull;
    }

    @Override
    public String takeContextNoteForRetry() {
        contextFull = true;
        return CONTEXT_FULL;
    }

    @Override
    public void showContextNote() {
        contextFull = true;
    }
}
